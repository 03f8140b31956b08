import Foundation
import Media
import MediaFixtures
import Signal

@testable import Sessions

/// A made-up session: what the devices gave and what the recogniser took of it.
struct TestSession {
  static let zero: Int64 = 7_000_000_000_123

  var frames: [CapturedFrame] = []
  /// By frame index, the one in front first; a frame that is missing here was not seen.
  var faces: [Int: [FollowedFace]] = [:]
  var sounds: [(sound: CapturedAudio, seen: Bool)] = []

  static let box = PixelBox(x: 31.25, y: 20.1, width: 61.7, height: 60)
  static func face(_ i: Int) -> FollowedFace {
    FollowedFace(
      id: i / 40, box: box,
      square: FaceSquare(
        centerX: 60.123456789 + Double(i) / 7, centerY: 50 + sin(Double(i)), side: 64.3 + 1 / Double(i + 3),
        angle: Double(i) * 1e-7))
  }

  static func bytes(_ i: Int, _ format: CapturedFrame.Format, _ width: Int, _ height: Int) throws -> [UInt8] {
    switch format {
    case .jpeg: try TestJPEG.encode(width: width, height: height) { x, y in UInt8((x * 2 + y * 3 + 11 * i) & 255) }
    case .yuyv: (0..<2 * width * height).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ i &* 17 ^ $0 >> 7) }
    case .nv12: (0..<width * height * 3 / 2).map { UInt8(truncatingIfNeeded: $0 &* 13 &+ i &* 29 ^ $0 >> 6) }
    }
  }

  /// Frames at some 30 a second with jitter, some unseen, some without a face, some lost; sound in uneven chunks with
  /// slips, two gaps, and chunks that came too late.
  init(
    seconds: Double = 3, format: CapturedFrame.Format? = .jpeg, width: Int = 128, height: Int = 96, sound: Bool = true,
    people: Int = 1
  ) throws {
    let images = try format.map { format in try (0..<8).map { try Self.bytes($0, format, width, height) } }
    var (time, index) = (Self.zero - 3_000_000, 0)
    while let images, let format, time < Self.zero + Int64(seconds * 1e9) {
      frames.append(
        CapturedFrame(
          index: index, time: time, sequence: UInt32(index * 2), droppedBefore: index % 11 == 10 ? 2 : 0,
          format: format, width: width, height: height, bytes: images[index % images.count]))
      if index % 9 != 4 { faces[index] = index % 13 == 5 ? [] : [Self.face(index)] }
      if people > 1, faces[index]?.isEmpty == false, index % 7 != 3 { faces[index]?.append(Self.face(index + 1000)) }
      index += 1
      time += 33_333_333 + Int64(index * 7919 % 1_000_003)
    }
    guard sound else { return }
    var at = Self.zero + 1_234_567
    var (k, state) = (0, UInt32(1))
    while at < Self.zero + Int64(seconds * 1e9) {
      let count = 100 + k * 37 % 500
      let samples = (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Int16(truncatingIfNeeded: Int32(state >> 16) - 32_768)
      }
      let gap = k == 40 || k == 70
      if gap { at += 400_000_000 }
      let slip = k % 17 == 3 ? 1 : k % 17 == 9 ? -1 : 0
      sounds.append((CapturedAudio(samples: samples, time: at, slip: slip, gap: gap), k % 23 != 20))
      at += Int64(count + slip) * 62_500
      k += 1
    }
  }

  /// Everything in the order of its time, as the recorder gets it.
  func record(_ recorder: SessionRecorder) {
    var next = 0
    for frame in frames {
      while next < sounds.count, sounds[next].sound.time < frame.time {
        recorder.sound(sounds[next].sound, seen: sounds[next].seen)
        next += 1
      }
      recorder.frame(frame)
      if let faces = faces[frame.index] { recorder.faces(index: frame.index, faces: faces, next: following(frame)) }
      if frame.index % 10 == 0 { recorder.line(Array("{\"seq\":\(frame.index)}\n".utf8)) }
    }
    for (sound, seen) in sounds[next...] { recorder.sound(sound, seen: seen) }
  }

  /// When the next frame was taken that was not skipped.
  func following(_ frame: CapturedFrame) -> Int64? {
    frames.first { $0.index > frame.index && faces[$0.index] != nil }?.time
  }

  @discardableResult func write(to folder: String) throws -> SessionRecorder.Summary {
    try SessionFolder.make(folder)
    let recorder = try SessionRecorder(
      folder: folder, zero: Self.zero, picture: !frames.isEmpty, sound: !sounds.isEmpty
    ) { _ in }
    record(recorder)
    return recorder.close()
  }

  static let schedule = WindowSchedule(hop: Instant(nanoseconds: 320_000_000))

  /// The frames as live makes them: decoded, and cut where a window asks.
  func expectedFrames() throws -> [FaceFrame<FaceCrop>] {
    let decoder = CapturedDecoder(path: "camera")
    let cutter = FaceCutter(PictureConverter(path: "camera"), faces: .largest, framing: FaceFraming())
    let seen = frames.filter { faces[$0.index] != nil }
    // Frames known to exist up to each one, lost ones included.
    var (position, positions) = (0, [Int: Int]())
    for frame in frames {
      position += frame.droppedBefore + 1
      positions[frame.index] = position
    }
    func lost(_ i: Int) -> Int { positions[seen[i].index]! - (i > 0 ? positions[seen[i - 1].index]! : 0) - 1 }
    return try seen.enumerated().map { i, frame in
      let time = Instant(nanoseconds: frame.time - Self.zero)
      let next = i + 1 < seen.count ? Instant(nanoseconds: seen[i + 1].time - Self.zero) : nil
      let isWanted = next == nil || Self.schedule.wants(frameAt: time, next: next)
      let cut = try faces[frame.index]!.map { face in
        let crop = try isWanted ? decoder.decode(frame).flatMap { try cutter.cut($0, face.square) } : nil
        return FaceFrame<FaceCrop>.Face(face, crop: crop)
      }
      return FaceFrame(
        index: frame.index, time: time, duration: next.map { $0 - time } ?? .zero, faces: cut, droppedBefore: lost(i))
    }
  }

  var expectedChunks: [AudioChunk] { sounds.filter(\.seen).map { $0.sound.chunk(zero: Self.zero) } }

  var facts: SessionRecording.Facts {
    .init(zero: Self.zero, picture: !frames.isEmpty, sound: !sounds.isEmpty, isClosed: true)
  }
}

/// Everything that a session gives, pulled in the order of time.
struct TakenSession {
  var frames: [FaceFrame<FaceCrop>] = []
  var chunks: [AudioChunk] = []
  var damage: [String] = []
  let recording: SessionRecording

  init(_ folder: String, _ facts: SessionRecording.Facts, refind: Bool = false) throws {
    var options = Recording.Options()
    options.schedule = TestSession.schedule
    recording = try SessionRecording(folder, facts: facts, options: options, refind: refind)
    var (picture, heard) = (true, true)
    while picture || heard {
      if picture, !heard || (frames.last?.time ?? .zero) <= (chunks.last?.end ?? .zero) {
        if let frame = try recording.nextFrame() { frames.append(frame) } else { picture = false }
      } else if let chunk = try recording.nextChunk() {
        chunks.append(chunk)
      } else {
        heard = false
      }
    }
    damage = recording.damage
  }
}

/// The first place where two sequences differ; nil: nowhere. Comparing whole sequences would print every pixel.
func firstDifference<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int? {
  zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? (a.count == b.count ? nil : min(a.count, b.count))
}

extension FaceFrame<FaceCrop> {
  /// All of it, for comparisons.
  var everything: [AnyHashable] { [index, time, duration, faces.map(\.followed), faces.map(\.crop), droppedBefore] }
}

extension AudioChunk {
  var everything: [AnyHashable] { [start, samples] }
}
