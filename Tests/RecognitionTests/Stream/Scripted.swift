import Recognition
import RecognitionFixtures
import Signal

/// A recording made up: 25 frames a second with a face at the indices given, sound in chunks.
final class ScriptedSource: ReplaySource {
  var schedule = WindowSchedule()
  var hasVideo: Bool
  var hasAudio: Bool
  var damage: [String] = []
  var end: Instant?
  var skippedWindows = SkippedWindows()
  var frames: Int
  var chunks: Int
  /// The face in front at a frame index; nil for none.
  var face: (Int) -> Int? = { _ in 0 }
  /// The faces behind it.
  var behind: (Int) -> [Int] = { _ in [] }
  /// Of a face in a frame: what all bytes of its crop are.
  var shade: (_ id: Int, _ frame: Int) -> UInt8 = { UInt8($1 % 256) }
  var failure: (frame: Int, error: any Error)?
  /// Damage found when this frame is read.
  var damageAt: (frame: Int, text: String)?

  /// The tracks have no end but break off.
  var breaksOff = (video: false, audio: false)
  var videoHasEnded: Bool { !breaksOff.video }
  var audioHasEnded: Bool { !breaksOff.audio }

  private var (frame, chunk) = (0, 0)
  private let chunkSize = 1600

  init(seconds: Double, video: Bool = true, audio: Bool = true) {
    (hasVideo, hasAudio) = (video, audio)
    frames = Int(seconds * 25)
    chunks = Int(seconds * 10)
  }

  func nextFrame() throws -> FaceFrame<FaceCrop>? {
    if let failure, failure.frame == frame { throw failure.error }
    if let damageAt, damageAt.frame == frame, damage.isEmpty { damage.append(damageAt.text) }
    guard frame < frames else { return nil }
    defer { frame += 1 }
    let ids = (face(frame).map { [$0] } ?? []) + behind(frame)
    let faces = ids.map { id in
      FaceFrame<FaceCrop>.Face(
        FollowedFace(
          id: id, box: PixelBox(x: 10.123, y: 20, width: 100, height: 100),
          square: FaceSquare(centerX: 60, centerY: 70, side: 104)),
        crop: FaceCrop(side: 160, pixels: [UInt8](repeating: shade(id, frame), count: 160 * 160 * 3)))
    }
    let interval = Instant(nanoseconds: 40_000_000)
    return FaceFrame(index: frame, time: frame * interval, duration: interval, faces: faces)
  }

  func nextChunk() throws -> AudioChunk? {
    guard chunk < chunks else { return nil }
    defer { chunk += 1 }
    let samples = (0..<chunkSize).map { Float(($0 * 7919 + chunk * 13) % 2000) / 4000 - 0.25 }
    return AudioChunk(start: chunk * Instant(nanoseconds: 100_000_000), samples: samples)
  }
}

/// Time that passes only when somebody waits, or a little at each look.
final class ScriptedClock: SessionClock {
  var time: Int64 = 1_000
  var tick: Int64 = 250_000
  private(set) var waits = 0

  func now() -> Int64 {
    time += tick
    return time
  }

  func wait(until deadline: Int64) {
    waits += 1
    time = max(time, deadline)
  }
}

/// A session over a scripted recording, and everything that it said.
struct Run {
  var source: ScriptedSource
  var model = ModelSummary.three
  var classifier = FormulaClassifier()
  var hop = Instant(nanoseconds: 320_000_000)
  var people = AnsweredPeople.front
  var speed: Double?
  var clock = ScriptedClock()
  var stop: () -> SessionClosed.Reason? = { nil }

  init(_ source: ScriptedSource) { self.source = source }

  /// - Parameter other: answers instead of the formula.
  func events(
    _ other: (any WindowClassifier)? = nil
  ) throws -> (events: [StreamEvent], outcome: ReplaySession.Outcome) {
    let header = SessionCreated(
      version: "0.0.0",
      source: .init(
        kind: "file", input: "clip.mp4", video: source.hasVideo ? .init(width: 640, height: 480, fps: 25) : nil,
        audio: source.hasAudio ? .init(sampleRate: 44_100, channels: 2, codec: "aac") : nil),
      model: model, hop: hop, face: "largest", wall: "2026-01-02T03:04:05.678Z")
    source.schedule = WindowSchedule(hop: hop)
    var events: [StreamEvent] = []
    let session = ReplaySession(
      header: header, source: source, recognizer: try Recognizer(classifier: other ?? classifier, model: model),
      people: people, speed: speed, clock: clock, stop: stop
    ) { events.append($0) }
    let outcome = try session.run()
    return (events, outcome)
  }
}

extension [StreamEvent] {
  var results: [EmotionResult] { compactMap { if case .result(let result) = $0 { result } else { nil } } }
  var statuses: [StreamStatus] { compactMap { if case .status(let status) = $0 { status } else { nil } } }
  var codes: [StreamStatus.Code] { statuses.map(\.code) }
  var closed: SessionClosed? { if case .closed(let closed) = last { closed } else { nil } }
}
