import Files
import Media
import MediaFixtures
import Networks
import Recognition
import Sessions
import Signal
import TestSupport
import Testing
import Threading

@testable import MienKit

/// A scripted live session of a model with three heads: the camera is covered, the microphone is muted, then both. Every line
/// says what it rests on, nothing is guessed from nothing, and the recorded session replays to the same lines.
@Suite struct CoveredAndMutedTests {
  private static let zero: Int64 = 3_000_000_000_000
  private static let hop = Instant(nanoseconds: 320_000_000)
  private static let frameTime: Int64 = 66_666_667
  private static let face = FollowedFace(
    id: 4, box: PixelBox(x: 40, y: 20, width: 80, height: 80),
    square: FaceSquare(centerX: 80.25, centerY: 60.5, side: 83.2))

  /// Seconds in which the camera is covered, and in which the microphone gives zeros.
  private static let covered = [5.0..<6, 9..<13, 25..<29]
  private static let muted = [17.0..<21, 25..<29]
  private static let length = 33.0

  private let folder: Scratch
  private let reader: EmotionReader

  init() throws {
    folder = try Scratch()
    var request = ModelRequest()
    let light: UntrainedSize = try #require(UntrainedSize(rawValue: "vavl-light"))
    request.untrained = light
    reader = try EmotionReader(request)
  }

  /// The core of a live session, its model, and the recorder beside them.
  private struct Stage {
    var core: LiveCore<FaceCrop>
    let recognizer: Recognizer
    let recorder: SessionRecorder
    let cutter: FaceCutter
    let decoder = CapturedDecoder(path: "camera")
    var events: [StreamEvent] = []

    mutating func act(now: Int64) throws {
      var actions = core.takeActions()
      while !actions.isEmpty {
        for action in actions {
          switch action {
          case .emit(let event): events.append(event)
          case .classify(let question):
            core.answered(.success(try recognizer.outputs(question)), milliseconds: 1, now: now)
          }
        }
        actions = core.takeActions()
      }
    }

    mutating func frame(_ index: Int, isCovered: Bool, schedule: WindowSchedule) throws {
      let at = Int64(index) * CoveredAndMutedTests.frameTime
      let bytes = (0..<38_400).map { i -> UInt8 in
        isCovered ? (i % 2 == 0 ? 16 : 128) : UInt8(truncatingIfNeeded: i &* 2_654_435_761 >> 13 &+ index &* 3)
      }
      let captured = CapturedFrame(
        index: index, time: CoveredAndMutedTests.zero + at, sequence: UInt32(index), droppedBefore: 0, format: .yuyv,
        width: 160, height: 120, bytes: bytes)
      recorder.frame(captured)
      let (time, next) = (Instant(nanoseconds: at), Instant(nanoseconds: at + CoveredAndMutedTests.frameTime))
      let followed = isCovered ? [] : [CoveredAndMutedTests.face]
      let picture =
        followed.isEmpty || !schedule.wants(frameAt: time, next: next) ? nil : try decoder.decode(captured)
      let faces = try followed.map { face in
        FaceFrame<FaceCrop>.Face(face, crop: try picture.flatMap { try cutter.cut($0, face.square) })
      }
      let frame = FaceFrame(index: index, time: time, duration: next - time, faces: faces)
      guard core.receive(frame, now: CoveredAndMutedTests.zero + next.nanoseconds) else { return }
      recorder.faces(index: index, faces: followed, next: CoveredAndMutedTests.zero + next.nanoseconds)
    }
  }

  private func isIn(_ stretches: [Range<Double>], _ seconds: Double) -> Bool {
    stretches.contains { $0.contains(seconds) }
  }

  /// Plays the script in virtual time.
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
    var stage = Stage(
      core: LiveCore(header: header) { "2026-01-01T00:00:00.000Z" }, recognizer: try model.recognizer(threads: 1),
      recorder: try SessionRecorder(folder: path, zero: Self.zero, picture: true, sound: true) { _ in },
      cutter: FaceCutter(PictureConverter(path: "camera"), faces: .largest, framing: model.framing))
    stage.core.start(now: Self.zero)
    stage.core.device(.camera, .opened, "camera", now: Self.zero)
    stage.core.device(.microphone, .opened, "microphone", now: Self.zero)
    let voice = SyllableVoice()
    var frame = 0
    for chunk in 0..<Int(Self.length * 50) {
      let (at, seconds) = (Int64(chunk) * 20_000_000, Double(chunk) / 50)
      let samples = (0..<320).map { i in
        isIn(Self.muted, seconds) ? 0 : Int16(20_000 * voice.sample(chunk * 320 + i))
      }
      let sound = CapturedAudio(samples: samples, time: Self.zero + at, slip: 0, gap: chunk == 0)
      let now = Self.zero + at + 20_000_000
      while Int64(frame + 1) * Self.frameTime <= at + 20_000_000 {
        let time = Double(frame) * Double(Self.frameTime) / 1e9
        try stage.frame(frame, isCovered: isIn(Self.covered, time), schedule: schedule)
        frame += 1
      }
      stage.recorder.sound(sound, seen: stage.core.receive(sound, now: now))
      stage.core.tick(now: now)
      try stage.act(now: now)
    }
    let end = Self.zero + Int64(Self.length * 1e9)
    stage.core.stop(.endOfInput, now: end)
    try stage.act(now: end)
    let closed = stage.core.close(losses: LiveLosses(), now: end)
    let summary = stage.recorder.close()
    try manifest.close(path, summary, end: closed.end, duration: Self.length, counters: [:])
    return stage.events
  }

  private func results(_ events: [StreamEvent]) -> [EmotionResult] {
    events.compactMap { event in
      guard case .result(var result) = event else { return nil }
      (result.live, result.inferenceMilliseconds) = (nil, nil)
      return result
    }
  }

  /// Those that follow from windows.
  private func statuses(_ events: [StreamEvent]) -> [StreamStatus] {
    let codes: Set<StreamStatus.Code> = [.noFace, .face, .noAudio, .audio, .noSpeech, .speech, .faceChanged]
    return events.compactMap { event in
      guard case .status(let status) = event, codes.contains(status.code) else { return nil }
      return status
    }
  }

  @Test func everyLineSaysWhatItRestsOn() throws {
    let path = folder.file("session")
    let events = try live(path)
    let lines = results(events)
    #expect(lines.count == 96 && lines.map(\.sequence) == Array(0..<96))
    /// What the windows that end in a stretch of time rest on.
    func heads(_ from: Double, _ to: Double) -> Set<Modalities?> {
      Set(lines.filter { (from...to).contains($0.end.seconds) }.map(\.head))
    }
    // A second of hand before the camera changes nothing.
    #expect(heads(0, 10) == [.audioVideo])
    #expect(heads(11, 13) == [.audio] && heads(15.5, 17) == [.audioVideo])
    #expect(heads(19.6, 21) == [.video] && heads(22, 25) == [.audioVideo])
    #expect(heads(27.6, 29) == [nil] && heads(31.5, 33) == [.audioVideo])
    for line in lines {
      #expect(line.estimate == nil ? line.head == nil && line.used == [] : line.used == line.head)
      let all: Float = line.estimate?.values.reduce(0, +) ?? 1
      #expect(abs(all - 1) < 1e-5)
    }
    #expect(
      statuses(events).map(\.code) == [
        .noFace, .face, .noSpeech, .audio, .speech, .noFace, .noSpeech, .audio, .face, .speech,
      ]
        || statuses(events).map(\.code) == [
          .noFace, .face, .noSpeech, .audio, .speech, .noFace, .noSpeech, .audio, .speech, .face,
        ], "\(statuses(events).map(\.code))")

    // Zeros are no noise: a microphone that gives them is called silent.
    func silences(_ events: [StreamEvent], _ code: StreamStatus.Code) -> [Instant] {
      events.compactMap { event in
        guard case .status(let status) = event, status.code == code else { return nil }
        return status.start
      }
    }
    let silent = silences(events, .microphoneSilent)
    #expect(silent.count == 2)

    let replayed = Guarded<[StreamEvent]>([])
    let answers = reader.answers(in: RecordingRequest(path)) { event in replayed.withLock { $0.append(event) } }
    while try answers.next() != nil {}
    let again = replayed.withLock { $0 }
    #expect(results(again) == lines)
    #expect(statuses(again) == statuses(events))
    #expect(silences(again, .silent) == silent)
  }
}
