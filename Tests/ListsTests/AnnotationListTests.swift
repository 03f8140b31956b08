import Lists
import Testing

@Suite struct AnnotationListTests {
  private func list(_ text: String, path: String = "data/test.csv") throws -> AnnotationList {
    try AnnotationList(path: path, bytes: Array(text.utf8))
  }

  private func error(_ text: String) -> String {
    do {
      _ = try list(text)
      return "no error"
    } catch { return "\(error)" }
  }

  @Test func readsQuotesDashesCommentsAndBlanks() throws {
    let read = try list(
      "\u{feff}# clips\r\n\r\n  a/b sound.wav 3\r\n\"my \"\"own\"\" face\"\t- 0\n- \"x y.wav\" 0.5 -1e-1\n")
    #expect(
      read.entries == [
        .init(line: 3, video: "a/b", audio: "sound.wav", label: ["3"]),
        .init(line: 4, video: "my \"own\" face", audio: nil, label: ["0"]),
        .init(line: 5, video: nil, audio: "x y.wav", label: ["0.5", "-1e-1"]),
      ])
  }

  @Test func pathsAreRelativeToTheList() throws {
    #expect(try list("a b 0").resolve("a") == "data/a")
    #expect(try list("a b 0").resolve("/a") == "/a")
    #expect(try list("a b 0", path: "test.csv").resolve("a") == "a")
  }

  @Test func labelsAreCheckedAgainstTheModel() throws {
    let read = try list("a b 3\na b x\na b 0.5 nan\na b 1 2")
    #expect(try read.classIndex(of: read.entries[0], count: 4) == 3)
    #expect(throws: AnnotationError.self) { try read.classIndex(of: read.entries[0], count: 3) }
    #expect(throws: AnnotationError.self) { try read.classIndex(of: read.entries[1], count: 3) }
    #expect(throws: AnnotationError.self) { try read.classIndex(of: read.entries[3], count: 3) }
    #expect(throws: AnnotationError.self) { try read.values(of: read.entries[2], count: 2) }
    #expect(throws: AnnotationError.self) { try read.values(of: read.entries[3], count: 3) }
    #expect(try read.values(of: read.entries[3], count: 2) == [1, 2])
  }

  @Test func errorsNameTheFileAndTheLine() {
    #expect(error("a b 1\na\n").hasPrefix("data/test.csv:2: 1 field"))
    #expect(error("- - 1").hasPrefix("data/test.csv:1: neither"))
    #expect(error("\"a b 1").hasPrefix("data/test.csv:1: a quote"))
    #expect(error("\"a\"b c 1").hasPrefix("data/test.csv:1: a quote"))
    #expect(error("\"\" b 1").hasPrefix("data/test.csv:1: an empty path"))
    #expect(error("a \0 1").hasPrefix("data/test.csv:1: a NUL"))
    for empty in ["", "\n\n", "# only this"] { #expect(error(empty) == "data/test.csv: no clip in the list") }
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: AnnotationError(path: "l", line: 2, "not UTF-8 text")) {
      try AnnotationList(path: "l", bytes: Array("a b 1\n".utf8) + [0xff, 0xfe, 0x00])
    }
  }
}
