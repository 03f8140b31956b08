import Networks
import Recognition
import RecognitionFixtures
import Signal
import Tensor
import Testing

/// Says which bytes the 16 crops of its picture are, and what it is told of the picture.
private final class ShadeClassifier: WindowClassifier {
  let outputs = 3
  private(set) var slots: [PictureSlot?] = []
  /// What a network would keep by slot.
  private var kept: [Int: Float] = [:]
  /// Pictures that were said to be the same and were not.
  private(set) var wrong = 0

  func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, steps: WindowSteps,
    into outputs: FloatBuffer
  ) throws {
    let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    // The first pixel of each crop in each channel.
    let shades = (0..<48).map { (plane: Int) -> Float in
      let value: Float = video.base[plane * 160 * 160] * deviation[plane / 16] + mean[plane / 16]
      return (value * 255).rounded()
    }
    slots.append(picture)
    if let picture {
      if picture.isSame, kept[picture.index] != shades[0] { wrong += 1 }
      kept[picture.index] = shades[0]
    }
    outputs.base[0] = shades.min() ?? 0
    outputs.base[1] = shades.max() ?? 0
    outputs.base[2] = 0
  }
}

/// A scripted recording of two people through the value that makes answers, and through a recogniser.
@Suite struct PeopleTests {
  private struct Session {
    var lines: [[EmotionResult]] = []
    var codes: [StreamStatus.Code] = []
    var closed: SessionClosed
    var classifier: ShadeClassifier
  }

  /// Shades 100 to 129 are person 1's, 200 to 229 person 2's.
  private func play(
    _ source: ScriptedSource, people: AnsweredPeople, economy: SpeedSettings = .none
  ) throws -> Session {
    source.shade = { id, frame in UInt8(id * 100 + frame / 8 % 30) }
    var model = ModelSummary.three
    model.economy = economy
    let classifier = ShadeClassifier()
    let recognizer = try Recognizer(classifier: classifier, model: model)
    var answers = WindowAnswers<FaceCrop>(model: model, hasVideo: true, hasAudio: true, of: "recording", people: people)
    var assembler = WindowAssembler<FaceCrop>(
      schedule: WindowSchedule(hop: Instant(nanoseconds: 320_000_000)), video: true, audio: true)
    var (lines, codes) = ([[EmotionResult]](), [StreamStatus.Code]())
    while !assembler.hasEnded {
      if assembler.wantsVideo {
        if let frame = try source.nextFrame() { assembler.receive(frame) } else { assembler.endVideo() }
      } else if let chunk = try source.nextChunk() {
        assembler.receive(chunk)
      } else {
        assembler.endAudio()
      }
      while let window = assembler.next() {
        let (pending, question) = answers.take(window)
        codes += answers.announce(pending).map(\.code)
        let outputs = try question.map(recognizer.outputs) ?? []
        lines.append(answers.answer(pending, outputs: outputs, milliseconds: question == nil ? nil : 5))
      }
    }
    let closed = answers.closed(.endOfInput, message: nil, counts: .init(), wallSeconds: 1)
    return Session(lines: lines, codes: codes, closed: closed, classifier: classifier)
  }

  private func two() -> ScriptedSource {
    let source = ScriptedSource(seconds: 10)
    // 1 is in front, 2 behind; after 4 s the other way round; after 7 s 2 is alone.
    source.face = { $0 < 100 ? 1 : 2 }
    source.behind = { $0 < 100 ? [2] : $0 < 175 ? [1] : [] }
    return source
  }

  /// Whether an answer rests on one person's crops alone.
  private func isPure(_ line: EmotionResult) -> Bool {
    guard let outputs = line.estimate?.outputs, let id = line.face?.id else { return line.estimate == nil }
    return Float(id * 100) <= outputs[0] && outputs[1] < Float(id * 100 + 30)
  }

  @Test func bothAreAnsweredAndNeverMixed() throws {
    let session = try play(two(), people: .all)
    let windows = session.lines.count
    #expect(windows == 24 && session.lines.allSatisfy { $0.allSatisfy(isPure) })
    #expect(session.lines.allSatisfy { lines in lines.allSatisfy { $0.sequence == lines[0].sequence } })
    #expect(session.lines[0].map { $0.face?.id } == [1, 2] && session.lines[23].map { $0.face?.id } == [2])
    #expect(session.lines[0].allSatisfy { $0.estimate != nil && $0.inferenceMilliseconds == 5 })
    #expect(session.lines.contains { $0.map { $0.face?.id } == [2, 1] })
    // Who is there too briefly has a line that says so.
    #expect(session.lines.contains { $0.count == 2 && $0[1].estimate == nil && $0[1].missing == .video })
    // Windows are counted, not lines.
    #expect(session.closed.windows == windows && session.closed.answered == windows)
    #expect(session.codes == [.faceChanged])
  }

  @Test func largestIsTheOneInFront() throws {
    let (front, all) = (try play(two(), people: .front), try play(two(), people: .all))
    #expect(front.lines.allSatisfy { $0.count == 1 } && front.codes == all.codes && front.closed == all.closed)
    #expect(front.lines.map { $0[0] } == all.lines.map { $0[0] })
    #expect(front.classifier.slots.allSatisfy { $0 == PictureSlot(index: 0, isSame: false) })
    // As a recording gives it in which nobody else was followed.
    let alone = two()
    alone.behind = { _ in [] }
    #expect(try play(alone, people: .all).lines.map { $0[0].estimate }.first == front.lines[0][0].estimate)
  }

  /// Replay and live hand on who gets a line.
  @Test func sessionsAnswerEverybody() throws {
    let wanted = try play(two(), people: .all).lines.flatMap { $0 }
    var run = Run(two())
    run.people = .all
    let replayed = try run.events().events.results
    #expect(replayed.map { [$0.sequence, $0.face?.id] } == wanted.map { [$0.sequence, $0.face?.id] })
    #expect(replayed.map { $0.estimate == nil } == wanted.map { $0.estimate == nil })

    var stage = LiveStage.open(people: .all)
    stage.hasSecondFace = true
    stage.play(to: 10)
    #expect(stage.results.count == 46 && stage.results.allSatisfy { $0.estimate != nil })
    #expect(stage.results.map { $0.face?.id } == (0..<46).map { $0 % 2 })
    stage = LiveStage.open()
    stage.hasSecondFace = true
    stage.play(to: 10)
    #expect(stage.results.count == 23 && stage.results.allSatisfy { $0.face?.id == 0 })
  }

  /// Each person rests on their own earlier pictures, and the classifier may keep both.
  @Test func picturesAreHeldByPerson() throws {
    let economy = SpeedSettings(pictureEvery: Instant(seconds: 0.96))
    let session = try play(two(), people: .all, economy: economy)
    #expect(session.lines.allSatisfy { $0.allSatisfy(isPure) } && session.classifier.wrong == 0)
    #expect(session.lines[1].map(\.reusedFrom) == [0, 0] && session.lines[3].map(\.reusedFrom) == [nil, nil])
    let slots = session.classifier.slots.compactMap(\.self)
    #expect(Set(slots.map(\.index)) == [0, 1])
    #expect(slots.count { $0.index == 0 && $0.isSame } > 8 && slots.count { $0.index == 1 && $0.isSame } > 4)
    // With one person at a time there is one slot.
    let front = try play(two(), people: .front, economy: economy)
    #expect(Set(front.classifier.slots.compactMap { $0?.index }) == [0] && front.classifier.wrong == 0)
    #expect(front.classifier.slots.contains { $0?.isSame == true })
  }
}
