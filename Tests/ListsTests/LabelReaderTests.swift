import Lists
import Testing

@Suite struct LabelReaderTests {
  private static let classes = ["anger", "fear", "joy at last"]

  private func label(_ text: String, _ reader: LabelReader) throws -> ClipLabel? {
    let list = try AnnotationList(path: "l.csv", bytes: Array("v a \(text)\n".utf8))
    return try reader.label(of: list.entries[0], in: list)
  }

  private func problem(_ text: String, _ reader: LabelReader) -> String {
    do {
      return "no problem: \(try label(text, reader) as Any)"
    } catch { return "\(error)" }
  }

  @Test func aClassIsAnIndexANameOrVotes() throws {
    let reader = LabelReader(classes: Self.classes)
    for text in ["1", "fear", "fear:4", "1:0.5", "fear:2,anger:0"] {
      #expect(try label(text, reader) == ClipLabel(classes: [0, 1, 0]), "\(text)")
    }
    #expect(try label("\"joy at last\"", reader)?.majority == 2)
    #expect(try label("\"joy at last:3,anger:1\"", reader)?.classes == [0.25, 0, 0.75])
    // A tie has no majority.
    #expect(try label("anger:1,fear:1", reader)?.majority == nil)
    // What is not asked for is not looked at.
    #expect(try label("2 valence=x", reader) == ClipLabel(classes: [0, 0, 1]))
    // A name is a name, whatever signs it has.
    #expect(try label("a=b:c", LabelReader(classes: ["a=b:c", "d"]))?.majority == 0)
  }

  @Test func indicesAreThoseOfTheListWhereItHasItsOwn() throws {
    var reader = LabelReader(classes: Self.classes, listClasses: ["boredom", "fear", "anger"])
    #expect(try label("2", reader)?.majority == 0)
    #expect(try label("2:1,1:3", reader)?.classes == [0.25, 0.75, 0])
    #expect(
      problem("0", reader) == "l.csv:1: the class “boredom” (0) is none of anger, fear, joy at last")
    #expect(problem("boredom", reader) == "l.csv:1: the class “boredom” is none of anger, fear, joy at last")
    #expect(problem("0:1,fear:2", reader).contains("“boredom”"))
    #expect(problem("3", reader).hasSuffix("is not a class index from 0 to 2"))
    reader.leavesOutUnknown = true
    for text in ["0", "boredom", "boredom:1,fear:2", "happy"] { #expect(try label(text, reader) == nil, "\(text)") }
    // A slip is no unknown class.
    for text in ["3", "fear:x", "fear 1", "fear:-1"] {
      #expect(throws: AnnotationError.self) { try label(text, reader) }
    }
  }

  @Test func attributesHaveNamesOrAnOrder() throws {
    let reader = LabelReader(attributes: ["valence", "arousal"])
    let wanted = ClipLabel(attributes: [0.5, -1])
    for text in ["0.5 -1", "arousal=-1 valence=0.5", "joy arousal=-1 dominance=x valence=0.5"] {
      #expect(try label(text, reader) == wanted, "\(text)")
    }
    #expect(problem("0.5", reader).hasSuffix("1 values where 2 are expected"))
    #expect(problem("valence=0.5", reader).hasSuffix("valence without arousal; give all attributes, or none"))
    #expect(problem("valence=a arousal=1", reader).hasSuffix("“valence=a” is not a number"))
    #expect(problem("valence=1 arousal=inf", reader).hasSuffix("“arousal=inf” is not a number"))
    #expect(problem("valence=1 arousal=2 valence=1", reader).hasSuffix("“valence” comes twice"))
    #expect(problem("joy dominance=1", reader).hasSuffix("does not tell valence, arousal"))
  }

  @Test func aClipMayHaveBothOrOneOfThem() throws {
    var reader = LabelReader(classes: Self.classes, attributes: ["valence"])
    #expect(try label("fear valence=0.5", reader) == ClipLabel(classes: [0, 1, 0], attributes: [0.5]))
    #expect(try label("fear", reader) == ClipLabel(classes: [0, 1, 0]))
    #expect(try label("valence=2", reader) == ClipLabel(attributes: [2]))
    #expect(problem("", reader).hasSuffix("2 fields where video, audio and label were expected"))
    #expect(problem("boredom valence=1", reader).contains("“boredom” is none of"))
    reader.leavesOutUnknown = true
    #expect(try label("boredom valence=1", reader) == ClipLabel(attributes: [1]))
    #expect(try label("boredom", reader) == nil)
    #expect(problem("", reader).hasSuffix("2 fields where video, audio and label were expected"))
  }

  @Test func votesThatCannotBeAreRefused() {
    let reader = LabelReader(classes: Self.classes)
    #expect(problem("anger:-1,fear:2", reader).hasSuffix("“anger:-1” in “anger:-1,fear:2”: votes cannot be negative"))
    #expect(problem("anger:0,fear:0", reader).hasSuffix("“anger:0,fear:0” has no vote"))
    #expect(problem("anger:1,fear", reader).hasSuffix("“fear” in “anger:1,fear” is not CLASS:VOTES"))
    #expect(problem("anger:nan", reader).contains("is not CLASS:VOTES"))
    #expect(problem("anger:1,0:1", reader).hasSuffix("votes for “anger” come twice in “anger:1,0:1”"))
    #expect(problem("anger:1e308,fear:1e308", reader).hasSuffix("has no vote"))
    #expect(problem("anger:1,", reader).contains("is not CLASS:VOTES"))
  }

  @Test func aPoolCountsWhatIsLeftOutAndKeepsWhatIsWrong() throws {
    let a = try AnnotationList(path: "a", bytes: Array("v s anger\nv s 1\nv s 9\n".utf8))
    let b = try AnnotationList(path: "b", bytes: Array("- s 0\n- s 1\n".utf8))
    let pool = ClipPool(
      [a, b],
      readers: [
        LabelReader(classes: Self.classes),
        LabelReader(classes: Self.classes, listClasses: ["boredom", "anger"], leavesOutUnknown: true),
      ])
    #expect(pool.counts == [3, 1] && pool.leftOut == [0, 1] && pool.path == "a, b")
    #expect(pool.clips.map(\.list) == [0, 0, 0, 1] && pool.list(of: pool.clips[3]) == b)
    #expect(try pool.clips[3].label?.get().majority == 0 && pool.clips[3].entry.line == 2)
    #expect(throws: AnnotationError.self) { try pool.clips[2].label?.get() }
    #expect(ClipPool([a]).clips.allSatisfy { $0.label == nil })
  }
}
