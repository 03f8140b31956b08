// Feeds bytes to the readers of a session's tables and manifest: they are refused with a line, or what was read is written
// and reads back the same. The first byte chooses the reader.
import Sessions

@_cdecl("LLVMFuzzerTestOneInput")
public func tryOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeRawBufferPointer(start: data, count: size))
  guard let first = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  switch first {
  case UInt8(ascii: "r"): table(SessionFrameRow.self, bytes)
  case UInt8(ascii: "c"): table(SessionChunkRow.self, bytes)
  case UInt8(ascii: "a"): table(SessionFaceRow.self, bytes)
  default: manifest(first == UInt8(ascii: "m") ? bytes : input)
  }
  return 0
}

private func rows<Row: SessionRow>(_ bytes: [UInt8]) throws -> [Row] {
  var rest = bytes[...]
  var table = SessionTable<Row>(path: "fuzz.tsv") {
    defer { rest = rest.dropFirst(100) }
    return Array(rest.prefix(100))
  }
  var rows: [Row] = []
  while let row = try table.next() { rows.append(row) }
  return rows
}

private func table<Row: SessionRow>(_: Row.Type, _ bytes: [UInt8]) {
  do {
    let found: [Row] = try rows(bytes)
    let text = Row.header + found.map(\.line).joined()
    guard let again: [Row] = try? rows(Array(text.utf8)), again == found else { fatalError("it reads back otherwise") }
  } catch {
    if "\(error)".contains("\n") { fatalError("a message of more than one line") }
  }
}

private func manifest(_ bytes: [UInt8]) {
  do {
    let found = try SessionManifest(bytes: bytes, path: "fuzz.json")
    let again = try SessionManifest(bytes: Array(found.json.text.utf8), path: "fuzz.json")
    guard again == found else { fatalError("it reads back otherwise") }
  } catch {
    if "\(error)".contains("\n") { fatalError("a message of more than one line") }
  }
}
