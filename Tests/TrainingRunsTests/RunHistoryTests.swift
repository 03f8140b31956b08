import Files
import Foundation
import Testing

@testable import TrainingRuns

@Suite struct RunHistoryTests {
  private func read(_ text: String) throws -> [RunRecord] { try RunLogReader.records(text.utf8, path: "log.jsonl") }

  private func step(_ step: Int) -> RunRecord {
    .step(.init(step: step, epoch: 0, loss: 1, rate: 1, gradientNorm: 1, clips: 1))
  }

  @Test func aCutLastLineIsPassedOver() throws {
    let line = step(0).line + "\n"
    #expect(try read(line + step(1).line.prefix(20)) == [step(0)])
    #expect(try read("") == [])
    #expect(try read(line + line).count == 2)
  }

  @Test(arguments: [
    "{}", "", "null", "[1]", "{\"type\":\"step\"}", "{\"type\":\"other\"}", "\u{0}",
    String(repeating: "[", count: 100_000),
    #"{"type":"run.resumed","step":-1,"time":""}"#, #"{"type":"run.resumed","step":9223372036854775807,"time":""}"#,
    #"{"type":"run.resumed","step":1e99,"time":""}"#,
    #"{"type":"validation","epoch":0,"step":1,"clips":1,"loss":1,"confusion":[[1,2],[3]]}"#,
  ])
  func aLineThatIsNoRecordIsNamed(line: String) {
    let error = #expect(throws: FileError.self) { _ = try read(step(0).line + "\n" + line + "\n") }
    #expect(error?.kind == .badData && error?.description.hasPrefix("log.jsonl: line 2 is no record") == true)
  }

  @Test func whatIsMadeAgainReplacesWhatWas() {
    let records = [step(0), step(1), step(2), .closed(.init(step: 3, reason: .interrupted))]
    let history = RunHistory(records: records + [.resumed(.init(step: 1, time: "")), step(1)])
    #expect(history.steps.map(\.step) == [0, 1] && history.closed == nil && history.stepCount == 2)
  }

  @Test func theBestIsTheMarkedOneOrTheHighest() {
    func validation(_ step: Int, uar: Double) -> RunRecord {
      var made = RunRecord.Validation(epoch: step, step: step, clips: 1, loss: 1)
      made.uar = uar
      return .validation(made)
    }
    let records = [validation(1, uar: 0.5), validation(2, uar: 0.7), validation(3, uar: 0.7)]
    #expect(RunHistory(records: records).best?.step == 2)
    #expect(RunHistory(records: records + [.checkpoint(.init(step: 3, path: "", best: true))]).best?.step == 3)
  }

  @Test func settingsBecomeText() throws {
    let config =
      #"{"schema":"mien.run/1.0","task":"finetune","b":{"c":true,"d":[1,2.5]},"a":18446744073709551615,"e":null}"#
    let settings = try ReportSettings(config: config.utf8, path: "config.json")
    #expect(
      settings.all.map { "\($0.name)=\($0.value)" } == ["a=18446744073709551615", "b.c=yes", "b.d=1, 2.5", "e=–"])
    let wrapped = try ReportSettings(config: #"{"schema":"mien.run/1.0","settings":{"a":1}}"#.utf8, path: "config.json")
    #expect(wrapped.all == [.init(name: "a", value: "1")])
    for bad in ["", "[]", "{}", #"{"schema":"mien.model/1.0"}"#] {
      #expect(throws: FileError.self) { _ = try ReportSettings(config: bad.utf8, path: "config.json") }
    }
  }

  @Test func aFolderGetsItsPage() throws {
    let folder = try Scratch()
    let error = #expect(throws: FileError.self) { try RunReport.write(folder: folder.path) }
    #expect(error?.kind == .noInput && error?.path == folder.path + "/config.json")
    try Data(#"{"schema":"mien.run/1.0","seed":1}"#.utf8).write(to: URL(fileURLWithPath: folder.path + "/config.json"))
    try Data((step(0).line + "\n{").utf8).write(to: URL(fileURLWithPath: folder.path + "/log.jsonl"))
    #expect(try RunReport.write(folder: folder.path) == folder.path + "/report.html")
    #expect(String(decoding: folder.bytes(folder.path + "/report.html"), as: UTF8.self).hasSuffix("</html>\n"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
  }
}
