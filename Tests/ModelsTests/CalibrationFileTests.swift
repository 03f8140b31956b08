import Files
import Foundation
import Models
import Testing

@Suite struct CalibrationFileTests {
  private let folder: String
  private let file: CalibrationFile
  private let sha256 = String(repeating: "0a", count: 32)
  private let calibration = ModelCalibration(
    .init(
      temperature: 1.234567890123, windows: 480, before: .init(ece: 0.11, nll: 0.9), after: .init(ece: 0.02, nll: 0.7)))

  init() {
    folder = FileManager.default.temporaryDirectory.appending(path: "mien-\(UUID().uuidString)").path
    file = CalibrationFile(in: folder, sha256: sha256)
  }

  @Test func whatIsWrittenReadsBackAndIsReplaced() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(!file.exists)
    try file.write(calibration, model: "m", list: "val.csv")
    #expect(file.exists && file.path == "\(folder)/models/\(sha256).json")
    #expect(try file.read() == calibration)
    var other = calibration
    other.all.temperature = 0.5
    other.heads = ["a": calibration.all, "v": other.all]
    try file.write(other, model: "m", list: "val.csv")
    #expect(try file.read() == other)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/models") == ["\(sha256).json"])
  }

  @Test func whatNeutralPeopleGetIsKeptBesideIt() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try file.write(calibration, model: "m", list: "val.csv")
    #expect(try file.neutral() == nil)
    var neutral = PersonBaseline()
    neutral.add([1, 2, 3], of: "av", seconds: 2.56)
    try file.write(calibration, model: "m", list: "val.csv", neutral: neutral)
    #expect(try file.neutral() == neutral && file.read() == calibration)
  }

  @Test(arguments: [
    ("\"temperature\" : 1.234567890123", "\"temperature\" : 0", "must be from 0.05 to 20.0, not 0.0"),
    ("\"temperature\" : 1.234567890123", "\"temperature\" : \"warm\"", "'calibration.temperature' is not a number"),
    ("mien.calibration/1.0", "mien.calibration/2.0", "'mien.calibration/2.0'"),
    ("\"sha256\" : \"0a", "\"sha256\" : \"ff", "of another model, ff0a"),
    ("\"windows\" : 480", "\"windows\" : 0", "'calibration.windows' must be 1 or more, not 0"),
    ("\"windows\" : 480,", "", "lacks the key 'calibration.windows'"),
    ("{", "[", "is not valid JSON"),
  ]) func aBrokenOneIsNamedWithTheRemedy(_ was: String, _ becomes: String, _ message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try file.write(calibration, model: "m", list: "val.csv")
    let text = try String(contentsOfFile: file.path, encoding: .utf8)
    let at = try #require(text.range(of: was))
    try text.replacingCharacters(in: at, with: becomes).write(toFile: file.path, atomically: true, encoding: .utf8)
    let error = #expect(throws: FileError.self) { try file.read() }
    let line = "\(try #require(error))"
    #expect(line.contains(message) && line.contains(file.path) && line.contains("mien calibrate model"), "\(line)")
  }

  @Test func aFolderThatCannotBeMadeIsNamed() throws {
    let error = #expect(throws: FileError.self) {
      try CalibrationFile(in: "/dev/null/x", sha256: sha256).write(calibration, model: "m", list: "l")
    }
    #expect(error?.kind == .cannotWrite && error?.path == "/dev/null/x/models")
  }
}
