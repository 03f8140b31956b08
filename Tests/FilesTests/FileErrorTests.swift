import Files
import Testing

@Suite struct FileErrorTests {
  @Test func theLineNamesPathProblemAndRemedy() {
    let error = FileError(.exists, path: "runs/1", problem: "is there already", remedy: "take another name")
    #expect("\(error)" == "runs/1: is there already; take another name")
    #expect("\(FileError(path: "m", problem: "is empty"))" == "m: is empty")
    #expect(FileError(path: "m", problem: "is empty").kind == .badData)
  }

  /// Names come out of files, and out of hostile ones too.
  @Test func whateverIsInItStaysOneLineOfBoundedLength() {
    let error = FileError(path: "a\nb\u{1B}[2J", problem: String(repeating: "x", count: 5000))
    #expect(!"\(error)".contains("\n") && !"\(error)".contains("\u{1B}"))
    #expect("\(error)".hasPrefix(#"a\u{a}b\u{1b}[2J: xxx"#))
    #expect("\(error)".unicodeScalars.count < 2100)
  }
}
