import Models
import Networks
import Recognition
import RecognitionFixtures
import Signal
import Testing

@Suite struct WindowAnswersTests {
  private static let hop = Instant(nanoseconds: 320_000_000)

  private func window(_ index: Int, face: Bool = true, sound: Bool = true) -> Window<Int> {
    let start = index * Self.hop
    let followed = FollowedFace(
      id: 4, box: PixelBox(x: 0, y: 0, width: 9, height: 9), square: FaceSquare(centerX: 4, centerY: 4, side: 9))
    return Window(
      index: index, start: start, end: start + WindowSchedule.length,
      people: face ? [.init(face: followed, crops: [index], slots: 16)] : [], video: .init(frames: 16, dropped: 0),
      audio: .init(spectrogram: sound ? [1] : nil, coverage: sound ? 1 : 0, level: nil))
  }

  /// Only what the head needs is asked for; what is missing is said once, and every window is counted once.
  @Test func aSession() throws {
    var answers = WindowAnswers<Int>(model: .three, hasVideo: true, hasAudio: true, of: "recording")
    var (codes, lines) = ([StreamStatus.Code](), [EmotionResult]())
    let shapes = [(true, true), (false, true), (false, true), (true, false), (true, true)]
    for (i, (face, sound)) in shapes.enumerated() {
      let (pending, question) = answers.take(window(i, face: face, sound: sound))
      #expect((question != nil) == (face && sound) && question?.parts.count ?? 1 == 1)
      codes += answers.announce(pending).map(\.code)
      lines += answers.answer(
        pending, outputs: question == nil ? [] : [[0, 1, 0]], milliseconds: question.map { _ in 10 })
    }
    #expect(codes == [.noFace, .face, .noAudio, .audio])
    #expect(lines.map { $0.estimate != nil } == [true, false, false, false, true] && lines[0].top == "anger")
    #expect(lines.map(\.missing) == [[], .video, .video, .audio, []])
    let closed = answers.closed(.endOfInput, message: nil, counts: .init(), wallSeconds: 2)
    #expect(closed.windows == 5 && closed.answered == 2 && closed.end == lines[4].end && closed.live == nil)
    #expect(abs((closed.median ?? 0) - 10) < 0.2 && closed.speed == lines[4].end.seconds / 2)
  }

  /// A window that gets no line (a live one that is skipped) is not counted, but its picture may be rested on.
  @Test func aSkippedWindow() throws {
    var model = ModelSummary.three
    model.economy = SpeedSettings(pictureEvery: Instant(seconds: 1))
    var answers = WindowAnswers<Int>(model: model, hasVideo: true, hasAudio: true, of: "session")
    _ = answers.take(window(0))
    let (pending, question) = answers.take(window(1))
    #expect(question?.window.people[0].crops == [0] && question?.window.people[0].reusedFrom == 0)
    let live = EmotionResult.LiveLatency(behind: 1, captureToEmit: 50)
    let lines = answers.answer(pending, outputs: [[1, 0, 0]], milliseconds: 3, live: live)
    #expect(lines.count == 1 && lines[0].reusedFrom == 0 && lines[0].live == live)
    let closed = answers.closed(.sigint, message: nil, skipped: 1, counts: .init(), wallSeconds: 0, live: .init())
    #expect(closed.windows == 1 && closed.skipped == 1 && closed.speed == nil)
    #expect(abs((closed.live?.captureToEmit95 ?? 0) - 50) < 1)
  }

  @Test func calibrationIsTheRules() throws {
    var model = ModelSummary.three
    let plain = AnswerRule(model).estimate([2, 0, 0], of: model.heads[0])
    let reliability = ModelCalibration.Reliability(ece: 0, nll: 0)
    model.calibration = ModelCalibration(.init(temperature: 2, windows: 1, before: reliability, after: reliability))
    let careful = AnswerRule(model).estimate([2, 0, 0], of: model.heads[0])
    #expect(careful == Estimate(outputs: [2, 0, 0], task: .classification, temperature: 2))
    #expect(careful.values[0] < plain.values[0] && careful.top == plain.top)
    let regression = ModelSummary.regression
    #expect(AnswerRule(regression).estimate([2, 0, 0], of: regression.heads[0]).values == [2, 0, 0])
  }

  @Test func theBestHeadThatHasAllItNeeds() {
    func head(_ name: String, _ modalities: Modalities) -> Head {
      Head(name: name, modalities: modalities, task: .classification, outputs: 3)
    }
    var many = ModelSummary.three
    many.heads = [head("voice", .audio), head("face", .video), head("both", .audioVideo), head("ears", .audio)]
    let rule = AnswerRule(many)
    #expect(many.modalities == .audioVideo && many.task == .classification)
    #expect(rule.heads.map(\.name) == ["both", "voice", "face", "ears"] && rule.modalities == .audioVideo)
    #expect(rule.head(for: .audioVideo)?.name == "both" && rule.head(for: .video)?.name == "face")
    #expect(rule.head(for: .audio)?.name == "voice" && rule.head(for: []) == nil)
    #expect(rule.missing(from: .audio) == [] && rule.missing(from: []) == .audioVideo)
    // Today's model has one head, which needs all that the model looks at.
    for modalities in Modalities.choices {
      var model = ModelSummary.three
      model.heads[0].modalities = modalities
      #expect((AnswerRule(model).head(for: .audio) != nil) == (modalities == .audio))
      #expect(AnswerRule(model).modalities == modalities)
    }
  }
}
