import Evaluation
import Recognition
import Signal

/// Three seconds of a grey face and of sound.
final class MadeUpSource: ReplaySource {
  let (hasVideo, hasAudio, videoHasEnded, audioHasEnded) = (true, true, true, true)
  let schedule = WindowSchedule(hop: Instant(nanoseconds: 320_000_000))
  let damage: [String] = []
  let end: Instant? = nil
  private var (frames, chunks) = (0, 0)

  static let crops = [FaceCrop](repeating: crop(90), count: 16)
  static let spectrogram = [Float](repeating: -4, count: 256 * 128)

  private static func crop(_ shade: UInt8) -> FaceCrop {
    FaceCrop(side: 160, pixels: [UInt8](repeating: shade, count: 160 * 160 * 3))
  }

  static func frame(_ index: Int) -> FaceFrame<FaceCrop> {
    let interval = Instant(nanoseconds: 40_000_000)
    let face = FollowedFace(
      id: 0, box: PixelBox(x: 0, y: 0, width: 9, height: 9), square: FaceSquare(centerX: 4, centerY: 4, side: 9))
    return FaceFrame(
      index: index, time: index * interval, duration: interval, face: face, crop: crop(UInt8(index % 256)))
  }

  private static func samples(_ index: Int) -> [Int16] { (0..<1600).map { Int16(($0 * 7919 + index) % 2000 - 1000) } }

  static func sound(_ index: Int, zero: Int64) -> CapturedAudio {
    CapturedAudio(samples: samples(index), time: zero + Int64(index) * 100_000_000)
  }

  func nextFrame() throws -> FaceFrame<FaceCrop>? {
    guard frames < 75 else { return nil }
    defer { frames += 1 }
    return Self.frame(frames)
  }

  func nextChunk() throws -> AudioChunk? {
    guard chunks < 30 else { return nil }
    defer { chunks += 1 }
    return Self.sound(chunks, zero: 0).chunk(zero: 0)
  }
}

/// A clock that nobody waits for.
final class StillClock: SessionClock {
  func now() -> Int64 { 0 }
  func wait(until deadline: Int64) {}
}

/// Four seconds to be evaluated.
struct MadeUpClip: EvaluationClip {
  var hasVideo = true
  var hasFace = true
  var frames = 100
  func samples() throws -> [Float]? { (0..<64_000).map { Float($0 % 401) / 400 - 0.5 } }
  func crops(choosing choose: (Int) throws -> [Int]) throws -> [FaceCrop]? {
    let chosen = try choose(frames)
    return hasFace ? chosen.map { _ in MadeUpSource.crops[0] } : nil
  }
}
