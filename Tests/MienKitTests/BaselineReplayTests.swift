import Files
import Media
import MediaFixtures
import Models
import Networks
import Recognition
import Sessions
import Signal
import TestSupport
import Testing
import Threading

@testable import MienKit

/// A live session of a model that is slower than the hop, with `--baseline auto`: what it knows of two people rests on the
/// windows that it answered, and the recorded session replays to the same bits.
@Suite struct BaselineReplayTests {
  private static let zero: Int64 = 3_000_000_000_000
  private static let hop = Instant(nanoseconds: 320_000_000)
  private static let frameTime: Int64 = 66_666_667
  private static let length = 24.0

  private let folder: Scratch
  private let reader: EmotionReader

  init() throws {
    folder = try Scratch()
    var request = ModelRequest()
    let light: UntrainedSize = try #require(UntrainedSize(rawValue: "vavl-light"))
    (request.untrained, request.baseline) = (light, .auto)
    reader = try EmotionReader(request)
  }

  private func face(_ seconds: Double) -> FollowedFace {
    FollowedFace(
      id: (8.0..<14).contains(seconds) ? 5 : 4, box: PixelBox(x: 40, y: 20, width: 80, height: 80),
      square: FaceSquare(centerX: 80.25, centerY: 60.5, side: 83.2))
  }

  /// Plays in virtual time; the model takes 0.5 s in the second part.
  private func live(_ path: String) throws -> [StreamEvent] {
    let (model, schedule) = (reader.model, WindowSchedule(hop: Self.hop))
    let header = SessionCreated(
      version: "0",
      source: .init(camera: .init(name: "camera"), microphone: .init(name: "mic"), video: nil, audio: nil),
      model: model.summary, hop: Self.hop, face: "largest", wall: "2026-01-01T00:00:00.000Z", zero: Self.zero)
    var manifest = SessionManifest(
      sessionID: "s", version: "0", wall: header.wall, zero: Self.zero, hop: Self.hop, face: .largest,
      framing: model.framing, model: model.summary, camera: .init(name: "camera", path: nil, format: nil),
      microphone: .init(name: "mic", path: nil, format: nil))
    try SessionFolder.make(path)
    try manifest.write(to: path)
    let recorder = try SessionRecorder(folder: path, zero: Self.zero, picture: true, sound: true) { _ in }
    let (recognizer, decoder) = (try model.recognizer(threads: 1), CapturedDecoder(path: "camera"))
    let cutter = FaceCutter(PictureConverter(path: "camera"), faces: .largest, framing: model.framing)
    var core = LiveCore<FaceCrop>(header: header) { "2026-01-01T00:00:00.000Z" }
    var events: [StreamEvent] = []
    var asked: (question: WindowQuestion<FaceCrop>, due: Int64)?

    func act(now: Int64) throws {
      while true {
        if let ready = asked, ready.due <= now {
          asked = nil
          core.answered(.success(try recognizer.outputs(ready.question)), milliseconds: 1, now: now)
        }
        let actions = core.takeActions()
        if actions.isEmpty { return }
        for action in actions {
          switch action {
          case .emit(let event):
            events.append(event)
            recorder.line(Array((event.json.text + "\n").utf8))
          case .classify(let question):
            let isSlow = now - Self.zero > 10_000_000_000
            asked = (question, now + (isSlow ? 500_000_000 : 0))
          }
        }
      }
    }

    core.start(now: Self.zero)
    core.device(.camera, .opened, "camera", now: Self.zero)
    core.device(.microphone, .opened, "microphone", now: Self.zero)
    let voice = SyllableVoice()
    var index = 0
    for chunk in 0..<Int(Self.length * 50) {
      let at = Int64(chunk) * 20_000_000
      let now = Self.zero + at + 20_000_000
      while Int64(index + 1) * Self.frameTime <= at + 20_000_000 {
        let (start, end) = (Int64(index) * Self.frameTime, Int64(index + 1) * Self.frameTime)
        let captured = CapturedFrame(
          index: index, time: Self.zero + start, sequence: UInt32(index), droppedBefore: 0, format: .yuyv, width: 160,
          height: 120,
          bytes: (0..<38_400).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13 &+ index / 9 &* 31) })
        recorder.frame(captured)
        let (time, next) = (Instant(nanoseconds: start), Instant(nanoseconds: end))
        let followed = face(time.seconds)
        let picture = schedule.wants(frameAt: time, next: next) ? try decoder.decode(captured) : nil
        let crop = try picture.flatMap { try cutter.cut($0, followed.square) }
        let frame = FaceFrame(index: index, time: time, duration: next - time, faces: [.init(followed, crop: crop)])
        if core.receive(frame, now: now) {
          recorder.faces(index: index, faces: [followed], next: Self.zero + end)
        }
        index += 1
      }
      let samples = (0..<320).map { Int16(20_000 * voice.sample(chunk * 320 + $0)) }
      let sound = CapturedAudio(samples: samples, time: Self.zero + at, slip: 0, gap: chunk == 0)
      recorder.sound(sound, seen: core.receive(sound, now: now))
      core.tick(now: now)
      try act(now: now)
    }
    var now = Self.zero + Int64(Self.length * 1e9)
    core.stop(.endOfInput, now: now)
    while !core.isOver {
      try act(now: now)
      now += 100_000_000
    }
    try act(now: now)
    let closed = core.close(losses: LiveLosses(), now: now)
    try act(now: now)
    let summary = recorder.close()
    try manifest.close(path, summary, end: closed.end, duration: Self.length, counters: [:])
    return events
  }

  private func results(_ events: [StreamEvent]) -> [Int: EmotionResult] {
    var found: [Int: EmotionResult] = [:]
    for event in events {
      guard case .result(var result) = event else { continue }
      (result.live, result.inferenceMilliseconds) = (nil, nil)
      found[result.sequence] = result
    }
    return found
  }

  private func replayed(_ path: String, _ reader: EmotionReader) throws -> [StreamEvent] {
    let events = Guarded<[StreamEvent]>([])
    let answers = reader.answers(in: RecordingRequest(path)) { event in events.withLock { $0.append(event) } }
    while try answers.next() != nil {}
    return events.withLock { $0 }
  }

  @Test func aSessionWithSkippedWindowsReplaysToTheSameBits() throws {
    let path = folder.file("session")
    let said = results(try live(path))
    let last = try #require(said.keys.max())
    #expect(said.count > 30 && said.count < last, "nothing was skipped")
    let shares = said.values.compactMap { $0.estimate?.corrected?.share }
    #expect((shares.max() ?? 0) > 0.05 && shares.min() == 0)
    // Somebody new begins from nothing, and who comes back is known.
    let first = said.values.filter { $0.face?.id == 5 && $0.estimate != nil }.min { $0.sequence < $1.sequence }
    #expect(first?.estimate?.corrected?.share == 0)
    let back = said.values.filter { $0.face?.id == 4 && $0.start.seconds > 14 }.min { $0.sequence < $1.sequence }
    #expect((back?.estimate?.corrected?.share ?? 0) > 0)

    // Without being asked for, as the manifest has it.
    var request = ModelRequest()
    request.untrained = reader.request.untrained
    let again = results(try replayed(path, EmotionReader(request)))
    #expect(again.count > said.count)
    for (sequence, line) in said { #expect(again[sequence] == line, "window \(sequence)") }
    // A session can be replayed without its baseline.
    request.baseline = BaselineChoice.none
    let plain = results(try replayed(path, EmotionReader(request)))
    #expect(plain.values.allSatisfy { $0.estimate?.corrected == nil && !$0.hasBaseline })
  }
}
