import Files
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
}
