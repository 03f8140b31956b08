import Foundation
import MediaFixtures
import Signal
import Testing
import Threading

@testable import Media

@Suite struct LiveVideos {
  /// What came out, from the picture thread.
  private final class Outlet: @unchecked Sendable {
    // @unchecked because `frames` changes only while `condition` is locked.
    private let condition = Condition()
    private var frames: [FaceFrame<FaceCrop>] = []

    func take(_ frame: FaceFrame<FaceCrop>) {
      condition.locked {
        frames.append(frame)
        condition.wakeAll()
      }
    }

    /// Waits for so many, but not for ever.
    func first(_ count: Int, within seconds: Int64 = 60) -> [FaceFrame<FaceCrop>] {
      let deadline = MonotonicClock.now() + seconds * 1_000_000_000
      return condition.locked {
        while frames.count < count, condition.wait(until: deadline) {}
        return frames
      }
    }
  }

  private static let zero: Int64 = 5_000_000_000
  private static let long = Instant(nanoseconds: 60_000_000_000)
  private let outlet = Outlet()

  private func live(_ faces: FaceChoice = .none) throws -> LiveVideo {
    var options = LiveVideo.Options()
    options.faces = faces
    return try LiveVideo(path: "camera", options: options) { [outlet] in outlet.take($0) }
  }

  private func frame(_ index: Int, _ bytes: [UInt8], dropped: Int = 0, every step: Int64 = 40) -> CapturedFrame {
    CapturedFrame(
      index: index, time: Self.zero + Int64(index) * step * 1_000_000, sequence: UInt32(index), droppedBefore: dropped,
      format: .jpeg, width: 320, height: 240, bytes: bytes)
  }

  private func plain() throws -> [UInt8] { try TestJPEG.encode { x, y in UInt8(x / 2 + y / 4) } }

  @Test func framesWaitForZeroAndTheRingDropsTheOldest() throws {
    let (picture, jpeg) = (try live(), try plain())
    // 10 frames for a ring of 8; the camera itself lost 3 before the second and 1 before the last.
    for i in 0..<10 { picture.push(frame(i, jpeg, dropped: i == 1 ? 3 : i == 9 ? 1 : 0)) }
    #expect(picture.counters.dropped == 2 && picture.counters.finished == 0)
    picture.start(zero: Self.zero)
    picture.stop(within: Self.long)
    let frames = outlet.first(8)
    #expect(frames.map(\.index) == Array(2..<10))
    #expect(frames.map(\.droppedBefore) == [5, 0, 0, 0, 0, 0, 0, 1])
    #expect(frames.map(\.time.nanoseconds) == (2..<10).map { $0 * 40_000_000 })
    #expect(picture.counters.pushed == 10 && picture.counters.finished == 8 && picture.counters.broken == 0)
    // Slots lie at multiples of 160 ms; the last one's crop is kept unasked.
    #expect(frames.filter { $0.crop != nil }.map(\.index) == [4, 8, 9])
  }

  @Test func whatStillWaitsWhenItsTimeIsUpIsDroppedAndCounted() throws {
    let (entered, freed) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    var options = LiveVideo.Options()
    options.faces = .none
    // Who takes the frames holds the first one until the time is up.
    let picture = try LiveVideo(path: "camera", options: options) { _ in
      entered.signal()
      freed.wait()
    }
    let jpeg = try plain()
    for i in 0..<6 { picture.push(frame(i, jpeg)) }
    picture.start(zero: Self.zero)
    try #require(entered.wait(timeout: .now() + 60) == .success)
    let stopping = NamedThread("stop") { picture.stop(within: .zero) }
    usleep(500_000)
    for _ in 0..<6 { freed.signal() }
    stopping.join()
    let counters = picture.counters
    #expect(counters.pushed == 6 && counters.finished + counters.dropped == 6)
    // The thread may have taken one or two before it was stopped, but not all.
    #expect(counters.dropped > 0)
  }

  @Test func brokenFramesAreCountedAndTold() throws {
    let (picture, jpeg) = (try live(), try plain())
    for i in 0..<4 { picture.push(frame(i, i == 1 || i == 2 ? Array(jpeg.prefix(jpeg.count / 2)) : jpeg)) }
    picture.start(zero: Self.zero)
    picture.stop(within: Self.long)
    let frames = outlet.first(2)
    #expect(frames.map(\.index) == [0, 3] && frames.map(\.droppedBefore) == [0, 2])
    #expect(picture.counters.broken == 2 && picture.counters.lastError == nil)
  }

  @Test func theHeldFrameComesOutWhenTheCameraIsLostOrSilent() throws {
    let (picture, jpeg) = (try live(), try plain())
    picture.start(zero: Self.zero)
    defer { picture.stop() }
    picture.push(frame(0, jpeg))
    picture.cameraLost()
    #expect(outlet.first(1).map(\.index) == [0])
    let before = MonotonicClock.now()
    picture.push(frame(30, jpeg))
    #expect(outlet.first(2).map(\.index) == [0, 30])
    #expect(MonotonicClock.now() - before >= LiveVideo.patience.nanoseconds)
  }

  @Test func liveAndFilesFollowAlike() throws {
    let jpegs = try (0..<8).map { i in
      let pixels = DrawnFace(width: 120, x: 150 + 2 * Double(i), y: 100).draw(320, 240)
      return try TestJPEG.encode { x, y in pixels[y * 320 + x] }
    }
    let picture = try live(.largest)
    for (i, jpeg) in jpegs.enumerated() { picture.push(frame(i, jpeg)) }
    picture.start(zero: Self.zero)
    picture.stop(within: Self.long)
    let frames = outlet.first(8)
    let schedule = WindowSchedule(hop: Instant(nanoseconds: 320_000_000))
    let watcher = try FaceWatcher(path: "file", faces: .largest, framing: FaceFraming(), landmarks: nil) {
      schedule.wants(frameAt: $1, next: $2)
    }
    let decoder = CapturedDecoder(path: "file")
    var expected: [FaceFrame<FaceCrop>] = []
    for (i, jpeg) in jpegs.enumerated() {
      let decoded = try #require(try decoder.decode(frame(i, jpeg)))
      let timed = TimedPicture(picture: decoded, time: Instant(nanoseconds: Int64(i) * 40_000_000), duration: .zero)
      if let done = try watcher.receive(timed, index: i) { expected.append(done) }
    }
    if let done = try watcher.flush() { expected.append(done) }
    #expect(frames.compactMap(\.face).count == 8 && Set(frames.compactMap(\.face?.id)) == [0])
    #expect(frames.map(\.face) == expected.map(\.face) && frames.map(\.crop) == expected.map(\.crop))
    #expect(frames.compactMap(\.crop).count == 3)
  }
}
