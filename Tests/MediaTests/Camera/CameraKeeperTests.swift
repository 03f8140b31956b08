import CFFmpeg
import Files
import Foundation
import MediaFixtures
import Testing
import Threading

@testable import Media

/// The keeper's thread, and files that play a camera, in real time.
@Suite struct CameraKeeping {
  private let scratch: Scratch
  init() throws { scratch = try Scratch() }

  /// What a keeper told, from another thread.
  private final class Heard: Sendable {
    private let events = Guarded<[CameraEvent]>([])
    func add(_ event: CameraEvent) { events.withLock { $0.append(event) } }
    var all: [CameraEvent] { events.withLock { $0 } }
    var frames: [CapturedFrame] { all.compactMap { if case .frame(let frame) = $0 { frame } else { nil } } }
    var hasEnded: Bool { all.contains { if case .ended = $0 { true } else { false } } }
    var refusals: [MediaError] { all.compactMap { if case .waiting(let error) = $0 { error } else { nil } } }
    var openings: [CameraMode] { all.compactMap { if case .opened(_, let mode) = $0 { mode } else { nil } } }

    /// Waits until it holds, ten seconds at most.
    func until(_ condition: (Heard) -> Bool) {
      let deadline = MonotonicClock.now() + 10_000_000_000
      while !condition(self), MonotonicClock.now() < deadline { usleep(2000) }
    }
  }

  private func clip(_ name: String, codec: AVCodecID = AV_CODEC_ID_MJPEG, times: [Int64]) throws -> String {
    let path = scratch.file(name)
    try TestClip(picture: .init(codec: codec, width: 64, height: 48, times: times, draw: ramp(64, 48))).write(to: path)
    return path
  }

  /// Every packet as it is, at the file's own uneven times.
  @Test func fileInRealTime() throws {
    let times: [Int64] = [200, 240, 280, 400, 440]
    let path = try clip("camera.mkv", times: times)
    let heard = Heard()
    let start = MonotonicClock.now()
    let keeper = CameraKeeper(wanted: path) { heard.add($0) }
    heard.until(\.hasEnded)
    #expect(keeper.stop() && heard.hasEnded)
    let frames = heard.frames
    #expect(frames.map { ($0.time - (frames.first?.time ?? 0)) / 1_000_000 } == times.map { $0 - 200 })
    #expect((frames.first?.time ?? 0) >= start && MonotonicClock.now() - start >= 240_000_000)
    #expect(frames.map(\.index) == [0, 1, 2, 3, 4] && frames.allSatisfy { $0.droppedBefore == 0 })
    #expect(keeper.counters.frames == 5)
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(frames.allSatisfy { $0.format == .jpeg && $0.width == 64 && file.range(of: Data($0.bytes)) != nil })
    let decoder = CapturedDecoder(path: path)
    #expect(try frames.allSatisfy { try decoder.decode($0)?.width == 64 } && decoder.broken == 0)
  }

  @Test func fileThatBeginsAgain() throws {
    let path = try clip("camera.mkv", times: [0, 40, 80])
    let heard = Heard()
    let keeper = CameraKeeper(wanted: path, mode: CameraRequest(loops: true)) { heard.add($0) }
    heard.until { $0.frames.count >= 8 }
    keeper.stop()
    let frames = heard.frames.prefix(8)
    #expect(frames.map { ($0.time - frames[0].time) / 1_000_000 } == [0, 40, 80, 120, 160, 200, 240, 280])
    #expect(frames[0].bytes == frames[3].bytes && frames[0].bytes != frames[1].bytes)
    #expect(heard.openings.count == 1 && !heard.hasEnded)
  }

  @Test func filesThatAreNoCamera() throws {
    let film = try clip("film.mp4", codec: AV_CODEC_ID_MPEG4, times: [0, 40, 80])
    let sound = scratch.file("sound.wav")
    try TestClip(sound: .init(samples: sine(440, rate: 16_000, seconds: 0.1))).write(to: sound)
    for (path, kind, words) in [
      (film, FailureKind.unsupported, "ffmpeg -i \(film) -c:v mjpeg -q:v 3 out.mkv"),
      (sound, .badData, "it has no picture"),
    ] {
      let heard = Heard()
      let keeper = CameraKeeper(wanted: path) { heard.add($0) }
      heard.until { !$0.refusals.isEmpty }
      keeper.stop()
      #expect(heard.refusals.first?.kind == kind && heard.openings.isEmpty)
      #expect(heard.refusals.first?.description.contains(words) == true, "\(heard.refusals)")
    }
  }

  /// Raw files: as a camera gives them.
  @Test func rawFile() throws {
    let path = scratch.file("raw.avi")
    let packed = try RawClip.write(path, width: 16, height: 8, frames: 3)
    let heard = Heard()
    let keeper = CameraKeeper(wanted: path) { heard.add($0) }
    heard.until(\.hasEnded)
    keeper.stop()
    #expect(heard.openings.first?.code == "YUYV")
    #expect(heard.frames.map(\.bytes) == packed && heard.frames.allSatisfy { $0.format == .yuyv })
  }

  /// A camera that is not there is waited for, and `stop` does not wait with it.
  @Test func stopsWhileItWaits() {
    let heard = Heard()
    let keeper = CameraKeeper(wanted: "no camera of this name") { heard.add($0) }
    heard.until { !$0.refusals.isEmpty }
    let start = MonotonicClock.now()
    #expect(keeper.stop())
    #expect(MonotonicClock.now() - start < 500_000_000)
    #expect(heard.refusals.count == 1 && heard.all.count == 1)
  }

  /// A driver that hangs does not hang us, and what it gives later is not told.
  @Test func leavesADriverThatHangs() {
    let heard = Heard()
    let keeper = CameraKeeper(sink: { heard.add($0) }, device: { HangingCamera() })
    usleep(20_000)
    let start = MonotonicClock.now()
    #expect(!keeper.stop())
    #expect((450_000_000..<1_500_000_000).contains(MonotonicClock.now() - start))
    usleep(1_000_000)
    #expect(heard.all.isEmpty)
  }
}

/// Its opening takes longer than anybody waits.
private final class HangingCamera: CameraDevice {
  func open() throws -> CameraOpening {
    usleep(1_200_000)
    let info = CameraInfo(name: "hangs", path: "", card: "", driver: "", bus: "", formats: [])
    return CameraOpening(info: info, mode: CameraMode(format: .jpeg, code: "MJPG", width: 1, height: 1, rate: nil))
  }
  func next(until deadline: Int64) -> CameraReading { .nothing }
  func close() {}
}

/// A recording of packed raw frames.
private enum RawClip {
  /// - Returns: each frame's bytes.
  static func write(_ path: String, width: Int, height: Int, frames: Int) throws -> [[UInt8]] {
    var context: UnsafeMutablePointer<AVFormatContext>?
    try TestClip.check(avformat_alloc_output_context2(&context, nil, nil, path), "container")
    let output = context!
    defer { avformat_free_context(output) }
    let stream = avformat_new_stream(output, nil)!
    let parameters = stream.pointee.codecpar!
    parameters.pointee.codec_type = AVMEDIA_TYPE_VIDEO
    parameters.pointee.codec_id = AV_CODEC_ID_RAWVIDEO
    parameters.pointee.format = AV_PIX_FMT_YUYV422.rawValue
    parameters.pointee.codec_tag = 0x3259_5559  // YUY2
    (parameters.pointee.width, parameters.pointee.height) = (Int32(width), Int32(height))
    stream.pointee.time_base = AVRational(num: 1, den: 50)
    stream.pointee.avg_frame_rate = AVRational(num: 50, den: 1)
    try TestClip.check(avio_open(&output.pointee.pb, path, AVIO_FLAG_WRITE), "open")
    defer { avio_closep(&output.pointee.pb) }
    try TestClip.check(avformat_write_header(output, nil), "header")
    let packed = (0..<frames).map { f in (0..<2 * width * height).map { UInt8(truncatingIfNeeded: $0 * 3 + f * 50) } }
    for (i, bytes) in packed.enumerated() {
      var packet = av_packet_alloc()
      defer { av_packet_free(&packet) }
      try TestClip.check(av_new_packet(packet, Int32(bytes.count)), "packet")
      packet!.pointee.data.update(from: bytes, count: bytes.count)
      (packet!.pointee.pts, packet!.pointee.dts, packet!.pointee.duration) = (Int64(i), Int64(i), 1)
      packet!.pointee.flags = AV_PKT_FLAG_KEY
      try TestClip.check(av_write_frame(output, packet), "packet")
    }
    try TestClip.check(av_write_trailer(output), "trailer")
    return packed
  }
}
