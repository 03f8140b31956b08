import Files
import Networks
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

/// A model with several heads does not change them for a short gap; one with a single head counts as it always did.
@Suite struct ModalityUseTests {
  private func window(_ index: Int, slots: [Int: Int], coverage: Int) -> Window<Int> {
    let evidence = WindowEvidence.lasting
    let start = index * Instant(nanoseconds: 320_000_000)
    let people = slots.sorted { $0.key < $1.key }.map { id, count in
      let face = FollowedFace(
        id: id, box: PixelBox(x: 0, y: 0, width: 9, height: 9), square: FaceSquare(centerX: 4, centerY: 4, side: 9))
      var person = Window<Int>.Person(face: face, crops: count >= evidence.remainingSlots ? [id] : nil, slots: count)
      person.isAmple = count >= evidence.enteringSlots
      return person
    }
    var audio = Window<Int>.Audio(
      spectrogram: coverage >= evidence.remainingCoverage ? [1] : nil, coverage: Double(coverage) / 100, level: nil)
    audio.isAmple = coverage >= evidence.enteringCoverage
    return Window(
      index: index, start: start, end: start + WindowSchedule.length, people: people,
      video: .init(frames: 16, dropped: 0), audio: audio)
  }

  /// Heads that answer a session of windows, "-" for none.
  private func heads(_ windows: [(slots: [Int: Int], coverage: Int)]) -> [String] {
    var answers = WindowAnswers<Int>(model: .versatile, hasVideo: true, hasAudio: true, of: "session")
    return windows.enumerated().map { index, shape in
      let (_, question) = answers.take(window(index, slots: shape.slots, coverage: shape.coverage))
      return question?.parts[0].head.modalities.description ?? "-"
    }
  }

  @Test func moreIsNeededToEnterThanToStay() {
    let video = heads([0, 8, 11, 12, 11, 8, 7, 8, 11, 12, 16].map { ($0 == 0 ? [:] : [3: $0], 100) })
    #expect(video == ["a", "a", "a", "av", "av", "av", "a", "a", "a", "av", "av"])
    let audio = heads([0, 60, 89, 90, 89, 60, 59, 60, 90].map { ([3: 16], $0) })
    #expect(audio == ["v", "v", "v", "av", "av", "av", "v", "v", "av"])
    #expect(heads([([:], 0), ([3: 7], 59), ([3: 11], 89), ([3: 12], 0)]) == ["-", "-", "-", "v"])
  }

  /// Somebody else is no continuation of whoever was there.
  @Test func aPersonEntersByThemselves() {
    #expect(heads([([1: 16], 0), ([1: 8, 2: 8], 0), ([1: 7, 2: 9], 0), ([2: 12], 0)]) == ["v", "v", "-", "v"])
  }

  /// Windows that get no line count, too: what is in use does not depend on load.
  @Test func everyWindowCounts() {
    var answers = WindowAnswers<Int>(model: .versatile, hasVideo: true, hasAudio: true, of: "session")
    _ = answers.take(window(0, slots: [3: 16], coverage: 100))
    _ = answers.take(window(1, slots: [3: 7], coverage: 100))
    let (pending, question) = answers.take(window(2, slots: [3: 8], coverage: 100))
    #expect(question?.parts.map(\.head.name) == ["audio"])
    let line = answers.answer(pending, outputs: [[1, 0, 0]], milliseconds: 1)[0]
    #expect(line.head == .audio && line.used == .audio && line.faces == 8)
  }

  /// A face that is hidden for a second never changes the head, wherever in a hop it begins; one that is hidden for longer
  /// does. Likewise a microphone that gives nothing.
  @Test(arguments: 0..<8) func aSecondIsBridged(eighth: Int) {
    let begin = 8 + Double(eighth) * 0.04
    func stage(_ model: ModelSummary, face: Double = 0, sound: Double = 0) -> LiveStage {
      var stage = LiveStage.open(model: model)
      stage.play(to: begin)
      (stage.hasFace, stage.microphone) = (face == 0, sound == 0)
      stage.play(to: begin + face + sound)
      (stage.hasFace, stage.microphone) = (true, true)
      stage.play(to: 16)
      stage.stop()
      return stage
    }
    func heads(_ stage: LiveStage) -> Set<Modalities?> { Set(stage.results.map(\.head)) }
    #expect(heads(stage(.versatile, face: 1)) == [.audioVideo])
    #expect(heads(stage(.versatile, face: 1.6)) == [.audioVideo, .audio])
    #expect(heads(stage(.versatile, sound: 0.98)) == [.audioVideo])
    #expect(heads(stage(.versatile, sound: 1.3)) == [.audioVideo, .video])
    // One head: 12 slots and 90 % as ever.
    #expect(heads(stage(.three, face: 1)) == [.audioVideo, nil])
    #expect(stage(.three, face: 1).results.allSatisfy { ($0.faces >= 12) == ($0.head != nil) })
  }

  @Test func theFirstLineHasTheLimits() throws {
    func limits(_ model: ModelSummary) throws -> [Double?] {
      var run = Run(ScriptedSource(seconds: 3))
      run.model = model
      let line = try JSONValue(parsing: #require(run.events().events.first).json.text)
      let keys = [("video_slots", "enters_at"), ("video_slots", "leaves_below"), ("audio_coverage", "enters_at")]
      return (keys + [("audio_coverage", "leaves_below")]).map { line["evidence"]?[$0.0]?[$0.1]?.double }
    }
    #expect(try limits(.versatile) == [12, 8, 0.9, 0.6])
    #expect(try limits(.three) == [12, 12, 0.9, 0.9])
  }
}
