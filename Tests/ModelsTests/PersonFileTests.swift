import Files
import Foundation
import Models
import Testing

@Suite struct PersonFileTests {
  private let folder: String
  private let file: PersonFile
  private let sha256 = String(repeating: "0a", count: 32)
  private let labels = ["anger", "neutral"]
  private let person: PersonBaseline

  init() {
    folder = FileManager.default.temporaryDirectory.appending(path: "mien-\(UUID().uuidString)").path
    file = PersonFile(folder + "/people/me.json")
    var person = PersonBaseline()
    person.add([0.25, 1.5], of: "v", seconds: 12.5)
    person.add([-3, 0.1], of: "a", seconds: 7)
    self.person = person
  }

  private func write() throws {
    try file.write(person, model: "m", sha256: sha256, labels: labels, source: "live")
  }

  @Test func whatIsWrittenReadsBackToTheSameBits() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write()
    #expect(try file.read(sha256: sha256, labels: labels) == person)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/people") == ["me.json"])
  }

  @Test(arguments: [
    ("\"sha256\" : \"0a", "\"sha256\" : \"ff", "belongs to another model, whose weights have the SHA-256 ff0a"),
    ("mien.person/1.0", "mien.person/2.0", "'mien.person/2.0'"),
    ("[\"anger\",\"neutral\"]", "[\"neutral\",\"anger\"]", "its labels are not the model's"),
    ("\"seconds\" : 12.5", "\"seconds\" : -1", "'heads.v.seconds' must be above 0"),
    ("\"seconds\" : 12.5", "\"seconds\" : 1e300", "'heads.v.seconds' must be above 0"),
    ("\"seconds\" : 12.5", "\"seconds\" : \"long\"", "'heads.v.seconds' is not a number"),
    ("\"mean\" : [", "\"mean\" : [0.5,", "must be logarithms of probabilities"),
    ("\"mean\" : [", "\"mean\" : [-1e99,", "must be logarithms of probabilities"),
    ("\"mean\" : [", "\"mean\" : [-1,", "has 3 means, but the model has 2 labels"),
    ("\"heads\"", "\"hats\"", "lacks the key 'heads'"),
    ("{", "[", "is not valid JSON"),
  ]) func aBrokenOneIsNamedWithTheRemedy(_ was: String, _ becomes: String, _ message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write()
    let text = try String(contentsOfFile: file.path, encoding: .utf8)
    let at = try #require(text.range(of: was))
    try text.replacingCharacters(in: at, with: becomes).write(toFile: file.path, atomically: true, encoding: .utf8)
    let error = #expect(throws: FileError.self) { try file.read(sha256: sha256, labels: labels) }
    let line = "\(try #require(error))"
    #expect(line.contains(message) && line.contains(file.path), "\(line)")
    #expect(line.contains("mien calibrate person") && !line.contains("\n"), "\(line)")
  }

  @Test func noHeadsOrTooManyAreRefused() throws {
    func bytes(_ heads: String) -> [UInt8] {
      let labels = #"["anger","neutral"]"#
      return Array(#"{"schema":"mien.person/1.0","sha256":"\#(sha256)","labels":\#(labels),"heads":\#(heads)}"#.utf8)
    }
    func read(_ heads: String) throws -> PersonBaseline {
      try PersonFile.baseline(bytes(heads), path: "x", sha256: sha256, labels: labels)
    }
    let head = #"{"seconds":1,"mean":[-1,-1]}"#
    #expect(try read(#"{"v":\#(head)}"#).share(of: "v") == 1 / (1 + PersonBaseline.halfAt))
    #expect(throws: FileError.self) { try read("{}") }
    #expect(throws: FileError.self) { try read("{\((0..<99).map { #""\#($0)":\#(head)"# }.joined(separator: ","))}") }
    #expect(throws: FileError.self) { try read(String(repeating: "[", count: 100_000)) }
  }

  @Test func aFileThatIsNotThereOrCannotBeMadeIsNamed() {
    let gone = #expect(throws: FileError.self) {
      try PersonFile("/nowhere/x.json").read(sha256: sha256, labels: labels)
    }
    #expect(gone?.kind == .noInput)
    let locked = #expect(throws: FileError.self) {
      try PersonFile("/dev/null/x/me.json").write(person, model: "m", sha256: sha256, labels: labels, source: "live")
    }
    #expect(locked?.kind == .cannotWrite)
  }
}
