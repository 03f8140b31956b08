import Files
import Networks
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

/// Sound in which there is nothing to hear is said, and no answer rests on it.
@Suite struct SilenceTests {
  private struct Session {
    var lines: [EmotionResult] = []
    var said: [StreamStatus] = []
    var codes: [StreamStatus.Code] { said.map(\.code) }
    var heads: [String] { lines.map { $0.head?.description ?? "-" } }
  }

  private enum Sound { case heard, silent, absent }

  private func play(
    _ model: ModelSummary, _ sounds: [Sound], gate: SpeechGate = .off, face: Bool = true, of place: String = "recording"
  ) -> Session {
    var model = model
    model.speechGate = gate
    var answers = WindowAnswers<Int>(model: model, hasVideo: true, hasAudio: true, of: place)
    var session = Session()
    let someone = FollowedFace(
      id: 4, box: PixelBox(x: 0, y: 0, width: 9, height: 9), square: FaceSquare(centerX: 4, centerY: 4, side: 9))
    for (index, sound) in sounds.enumerated() {
      let start = index * Instant(nanoseconds: 320_000_000)
      let spectrogram: [Float]? = sound == .absent ? nil : [Float](repeating: -12, count: 256 * 128)
      var window = Window<Int>(
        index: index, start: start, end: start + WindowSchedule.length,
        people: face ? [.init(face: someone, crops: [index], slots: 16)] : [], video: .init(frames: 16, dropped: 0),
        audio: .init(spectrogram: spectrogram, coverage: sound == .absent ? 0 : 1, level: -120))
      window.audio.isSilent = sound == .silent
      let (pending, question) = answers.take(window)
      session.said += answers.announce(pending)
      session.lines += answers.answer(
        pending, outputs: question == nil ? [] : [[0, 1, 0]], milliseconds: question.map { _ in 1 })
    }
    return session
  }

  @Test func noAnswerRestsOnIt() {
    let session = play(.versatile, [.heard, .silent, .silent, .heard])
    #expect(session.heads == ["av", "v", "v", "av"] && session.codes == [.silent, .audio])
    #expect(session.said.map(\.level) == [.warning, .info])
    #expect(session.said.map(\.start.seconds) == [0.32, 0.96])
    #expect(session.lines.map(\.audioUsed) == [true, false, false, true])
    #expect(session.lines.map(\.isSilent) == [false, true, true, false])
  }

  /// Whether there is speech in it is not asked.
  @Test func silenceIsNotCalledMissingSpeech() {
    let session = play(.versatile, [.silent, .silent], gate: .auto)
    #expect(session.codes == [.silent] && session.heads == ["v", "v"])
    #expect(session.lines.allSatisfy { !$0.lacksSpeech && $0.speech == 0 })
  }

  /// A model that needs both has no answer, and says why.
  @Test func aModelThatNeedsSoundHasNoAnswer() {
    let session = play(.three, [.silent, .heard])
    #expect(session.heads == ["-", "av"] && session.codes == [.silent, .audio])
    #expect(session.lines[0].missing == .audio && !session.lines[0].audioUsed)
    var formatter = StreamFormatter(.text)
    #expect(formatter.text(for: .result(session.lines[0]))?.contains("no answer: silence") == true)
    let alone = play(.versatile, [.silent], face: false)
    #expect(alone.heads == ["-"] && alone.lines[0].missing == .audioVideo)
  }

  /// Only a second time comes again.
  @Test func wordsAreTrueTheFirstTime() {
    let late = play(.versatile, [.silent, .heard, .absent, .silent, .heard])
    #expect(late.codes == [.silent, .audio, .noAudio, .silent, .audio])
    #expect(late.said[1].message == "there is sound" && late.said[4].message == "there is sound again")
  }

  @Test func aLiveSessionNamesItsMicrophone() {
    let session = play(.three, [.silent, .heard], of: "session")
    #expect(session.codes == [.microphoneSilent, .audio])
    #expect(session.said[0].message.contains("microphone"))
  }

  /// What a model does not look at is not missed.
  @Test func aModelWithoutSoundSaysNothing() {
    var eyes = ModelSummary.versatile
    eyes.heads = eyes.heads.filter { $0.modalities == .video }
    let session = play(eyes, [.silent, .heard])
    #expect(session.codes == [] && session.heads == ["v", "v"] && session.lines.allSatisfy { !$0.isSilent })
  }

  @Test func theSchemaKnowsTheCodes() throws {
    for place in ["recording", "session"] {
      for status in play(.three, [.silent, .heard], of: place).said {
        #expect(try streamSchema().problems(JSONValue(parsing: status.json.text)) == [])
      }
    }
  }
}
