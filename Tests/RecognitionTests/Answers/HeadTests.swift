import Files
import Models
import Networks
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

/// Which head answered stands on the line, and what is used agrees with it.
@Suite struct HeadTests {
  /// A face from 0 to 5 s, and sound throughout, as lines that the schema allows.
  private func lines(_ model: ModelSummary, video: Bool = true, audio: Bool = true) throws -> [JSONValue] {
    let source = ScriptedSource(seconds: 12, video: video, audio: audio)
    source.face = { $0 < 125 ? 0 : nil }
    var run = Run(source)
    run.model = model
    let schema = try streamSchema()
    return try run.events().events.map { event in
      let line = try JSONValue(parsing: event.json.text)
      #expect(schema.problems(line) == [], "\(event.json.text)")
      return line
    }
  }

  private func results(_ lines: [JSONValue]) -> [JSONValue] { lines.filter { $0["type"]?.string == "emotion.result" } }

  /// "av", "a", "v", or "-" without an answer.
  private func heads(_ lines: [JSONValue]) -> [String] { results(lines).map { $0["head"]?.string ?? "-" } }

  @Test func theHeadFollowsWhatIsThere() throws {
    let lines = try lines(.versatile)
    #expect(lines[0]["model"]?["heads"]?.elements?.map(\.string) == ["av", "a", "v"])
    let heads = heads(lines)
    #expect(Set(heads) == ["av", "a"] && heads.first == "av" && heads.last == "a")
    for line in results(lines) {
      let head = try #require(line["head"]?.string)
      #expect(line["modalities"]?["video"]?["used"]?.bool == head.contains("v"))
      #expect(line["modalities"]?["audio"]?["used"]?.bool == head.contains("a"))
      #expect(line["emotions"]?.isNull == false)
    }
    #expect(Set(self.heads(try self.lines(.versatile, audio: false))) == ["v", "-"])
  }

  /// One head: null where it lacks something, and what there is of the rest is still said.
  @Test func oneHead() throws {
    let lines = try lines(.three)
    #expect(lines[0]["model"]?["heads"]?.elements?.map(\.string) == ["av"])
    #expect(Set(heads(lines)) == ["av", "-"])
    let last = try #require(results(lines).last)
    #expect(last["head"]?.isNull == true && last["emotions"]?.isNull == true)
    #expect(last["modalities"]?["audio"]?["used"]?.bool == true)
  }

  /// What is there but not read by the head that answers is not used, and nothing says that it is missing.
  @Test func aModelWithoutAHeadForBoth() throws {
    var model = ModelSummary.versatile
    model.heads.removeFirst()
    let lines = try lines(model)
    #expect(Set(heads(lines)) == ["a"])
    #expect(results(lines).allSatisfy { $0["modalities"]?["video"]?["used"]?.bool == false })
    #expect(results(lines).first?["modalities"]?["video"]?["faces"]?.int == 16)
    let codes = lines.compactMap { $0["code"]?.string }
    #expect(codes == ["no_face"], "the face goes at 5 s, and not before")
  }

  @Test func otherFormatsSayTheHeadWhereThereIsAChoice() throws {
    func text(_ format: StreamFormat, _ model: ModelSummary) throws -> [Substring] {
      let source = ScriptedSource(seconds: 12)
      source.face = { $0 < 125 ? 0 : nil }
      var run = Run(source)
      run.model = model
      var formatter = StreamFormatter(format)
      return try run.events().events.compactMap { formatter.text(for: $0) }.joined().split(separator: "\n")
    }
    let rows = try text(.csv, .versatile)
    #expect(rows[0] == "seq,start,end,face_id,success,confidence,top,head,zest,anger,calm")
    #expect(rows[1].split(separator: ",")[7] == "av" && rows.last?.split(separator: ",")[6] == "a")
    #expect(try text(.csv, .three)[0] == "seq,start,end,face_id,success,confidence,top,zest,anger,calm")
    let table = try text(.text, .versatile)
    #expect(table[1].contains("%  face, sound") && table.last?.contains("%  sound") == true, "\(table)")
    #expect(try text(.text, .three)[1].hasSuffix("%"))
  }

  /// Attributes stand beside the emotions, from the same head; without an answer both are null.
  @Test func attributesStandBesideClasses() throws {
    var both = ModelSummary.versatile
    both.attributes = ["valence", "arousal"]
    both.heads += both.heads.map {
      Head(name: $0.name + "_attributes", modalities: $0.modalities, task: .regression, outputs: 2)
    }
    both.calibration = ModelCalibration(
      .init(temperature: 2, windows: 1, before: .init(ece: 0, nll: 0), after: .init(ece: 0, nll: 0)))
    let rule = AnswerRule(both)
    #expect(rule.heads.map(\.name) == ["both", "audio", "video"] && both.task == .classification)
    let estimate = rule.estimate([2, 0, 0, 0.5, -3], of: rule.heads[0])
    #expect(estimate.outputs == [2, 0, 0] && estimate.attributes == [0.5, -3])
    #expect(estimate.values == Estimate(outputs: [2, 0, 0], task: .classification, temperature: 2).values)
    both.calibration?.heads = [
      "audio": .init(temperature: 4, windows: 1, before: .init(ece: 0, nll: 0), after: .init(ece: 0, nll: 0))
    ]
    let own = AnswerRule(both)
    #expect(
      own.estimate([2, 0, 0], of: rule.heads[1]).values
        == Estimate(outputs: [2, 0, 0], task: .classification, temperature: 4).values)
    #expect(own.estimate([2, 0, 0], of: rule.heads[2]).values == estimate.values)
    #expect(both.headModalities == ModelSummary.versatile.headModalities)

    let source = ScriptedSource(seconds: 6, video: true, audio: true)
    source.face = { $0 < 50 ? 0 : nil }
    var run = Run(source)
    run.model = both
    run.classifier = FormulaClassifier(outputs: 5)
    let schema = try streamSchema()
    let events = try run.events().events
    var csv = StreamFormatter(.csv)
    let table = events.compactMap { csv.text(for: $0) }.joined().split(separator: "\n")
    #expect(table[0].hasSuffix(",head,zest,anger,calm,valence,arousal"))
    for event in events {
      let line = try JSONValue(parsing: event.json.text)
      #expect(schema.problems(line) == [], "\(event.json.text)")
      guard case .result(let result) = event else { continue }
      #expect(line["emotions"]?.keys == both.labels && line["attributes"]?.keys == both.attributes)
      #expect(result.estimate?.attributes?.count == 2 && result.estimate?.values.count == 3)
    }
    #expect(table.dropFirst().allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 13 })
  }
}
