// Feeds bytes to the readers of a run's log and config: they are refused with a line, or the report is made of them, and
// nothing in it is markup of theirs. The first byte chooses the reader.
import TrainingRuns

@_cdecl("LLVMFuzzerTestOneInput")
public func tryOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeRawBufferPointer(start: data, count: size))
  let bytes = input.dropFirst()
  do {
    var (records, settings) = ([RunRecord](), ReportSettings([]))
    if input.first == UInt8(ascii: "c") {
      settings = try ReportSettings(config: bytes, path: "fuzz.json")
    } else {
      records = try RunLogReader.records(bytes, path: "fuzz.jsonl")
      let text = records.map { $0.line + "\n" }.joined()
      guard let again = try? RunLogReader.records(text.utf8, path: "fuzz.jsonl"), again == records else {
        fatalError("it reads back otherwise")
      }
    }
    let page = RunReport.html(history: RunHistory(records: records), settings: settings)
    // The page has no such element of its own, and no place where text may bring one.
    if page.contains("<script") || page.contains("<img") || !page.hasSuffix("</html>\n") {
      fatalError("foreign markup")
    }
  } catch {
    if "\(error)".contains("\n") { fatalError("a message of more than one line") }
  }
  return 0
}
