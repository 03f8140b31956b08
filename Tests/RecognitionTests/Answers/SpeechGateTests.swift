import Files
import Networks
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

/// Sound in which nobody speaks is not read as emotion.
@Suite struct SpeechGateTests {
  /// Two shapes in turn over a quiet background, for so long that the share of speech reaches `least`.
  private static func spectrogram(_ least: Double) -> [Float] {
    for rows in 0..<220 {
      let values = (0..<256 * 128).map { i -> Float in
        let (row, bin) = (i / 128, i % 128)
        guard row < rows else { return -12 }
        return bin / 16 % 2 == row / 8 % 2 ? -1 : -5
      }
      if SpeechActivity.share(of: values) >= least { return values }
    }
    return []
  }

  private struct Session {
    var lines: [EmotionResult] = []
    var codes: [StreamStatus.Code] = []
    var heads: [String] { lines.map { $0.head?.description ?? "-" } }
  }

  /// - Parameters:
  ///   - shares: of speech in each window; nil: there is no sound.
  ///   - face: whether somebody is there.
  private func play(_ model: ModelSummary, gate: SpeechGate = .auto, _ shares: [Double?], face: Bool = true) -> Session
  {
    var model = model
    model.speechGate = gate
    var answers = WindowAnswers<Int>(model: model, hasVideo: true, hasAudio: true, of: "session")
    var session = Session()
    let someone = FollowedFace(
      id: 4, box: PixelBox(x: 0, y: 0, width: 9, height: 9), square: FaceSquare(centerX: 4, centerY: 4, side: 9))
    for (index, share) in shares.enumerated() {
      let start = index * Instant(nanoseconds: 320_000_000)
      let window = Window<Int>(
        index: index, start: start, end: start + WindowSchedule.length,
        people: face ? [.init(face: someone, crops: [index], slots: 16)] : [], video: .init(frames: 16, dropped: 0),
        audio: .init(spectrogram: share.map(Self.spectrogram), coverage: share == nil ? 0 : 1, level: nil))
      let (pending, question) = answers.take(window)
      session.codes += answers.announce(pending).map(\.code)
      session.lines += answers.answer(
        pending, outputs: question == nil ? [] : [[0, 1, 0]], milliseconds: question.map { _ in 1 })
    }
    return session
  }

  private func model(_ heads: Modalities...) -> ModelSummary {
    var model = ModelSummary.versatile
    model.heads = model.heads.filter { heads.contains($0.modalities) }
    return model
  }

  @Test func theHeadDoesWithoutSoundUntilSomebodySpeaks() {
    let session = play(.versatile, [0, 0.045, 0.07, 0.045, 0.032, 0.015, 0.045, 0.07])
    #expect(session.heads == ["v", "v", "av", "av", "av", "v", "v", "av"])
    #expect(session.codes == [.noSpeech, .speech, .noSpeech, .speech])
    #expect(session.lines.allSatisfy { $0.used == $0.head && $0.lacksSpeech == ($0.head == .video) })
    #expect(session.lines[0].speech == 0 && (0.07..<0.08).contains(session.lines[2].speech ?? 0))
  }

  /// With nobody in the picture there is nothing to answer from.
  @Test func silenceAloneHasNoAnswer() {
    let session = play(.versatile, [0, 0.1, 0], face: false)
    #expect(session.heads == ["-", "a", "-"])
    #expect(session.lines[0].estimate == nil && session.lines[0].missing == .audioVideo && session.lines[0].used == [])
    let heard = play(model(.audio), [0, 0.1, 0])
    #expect(heard.heads == ["-", "a", "-"] && heard.lines[0].missing == .audio && heard.lines[0].lacksSpeech)
    var formatter = StreamFormatter(.text)
    #expect(formatter.text(for: .result(heard.lines[0]))?.contains("no answer: no speech") == true)
  }

  /// Where no head can do without sound, the picture informs the answer.
  @Test func aHeadForBothAnswersInSilence() {
    let one = play(model(.audioVideo), [0, 0.1, nil])
    #expect(one.heads == ["av", "av", "-"] && one.codes == [.noAudio])
    #expect(one.lines[0].speech == 0 && one.lines.allSatisfy { !$0.lacksSpeech } && one.lines[2].speech == nil)
    let two = model(.audioVideo, .audio)
    #expect(play(two, [0, 0.1]).heads == ["av", "av"] && play(two, [0, 0.1]).codes == [])
    #expect(play(two, [0, 0.1], face: false).heads == ["-", "a"])
  }

  /// What is said of sound and what is said of speech do not get in each other's way.
  @Test func soundThatIsMissingIsNotSilence() {
    let session = play(.versatile, [0.1, nil, nil, 0, nil, 0.1])
    #expect(session.codes == [.noAudio, .audio, .noSpeech, .noAudio, .audio, .speech])
    #expect(session.lines.map(\.lacksSpeech) == [false, false, false, true, false, false])
  }

  @Test func offIsOff() {
    let session = play(.versatile, gate: .off, [0, 0.1, 0])
    #expect(session.heads == ["av", "av", "av"] && session.codes == [])
    #expect(session.lines.allSatisfy { $0.speech == nil && !$0.lacksSpeech })
  }

  @Test func theFirstLineSaysIt() throws {
    func header(_ model: ModelSummary, _ gate: SpeechGate) throws -> JSONValue {
      var run = Run(ScriptedSource(seconds: 3))
      run.model = model
      run.model.speechGate = gate
      let line = try JSONValue(parsing: #require(run.events().events.first).json.text)
      #expect(try streamSchema().problems(line) == [])
      return line
    }
    let auto = try header(.versatile, .auto)
    #expect(auto["speech_gate"]?.string == "auto" && auto["evidence"]?["speech"]?["enters_at"]?.double == 0.06)
    #expect(auto["evidence"]?["speech"]?["leaves_below"]?.double == 0.03)
    let off = try header(.versatile, .off)
    #expect(off["speech_gate"]?.string == "off" && off["evidence"]?["speech"]?.isNull == true)
    // It decides nothing.
    #expect(try header(.three, .auto)["evidence"]?["speech"]?.isNull == true)
  }
}
