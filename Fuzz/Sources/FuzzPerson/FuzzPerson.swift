// Feeds bytes to the reader of a person's baseline: they are refused with a line, or what was read corrects finite outputs
// to finite ones.
import Models

private let labels = ["anger", "neutral"]

@_cdecl("LLVMFuzzerTestOneInput")
public func tryOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = Array(UnsafeRawBufferPointer(start: data, count: size))
  do {
    let found = try PersonFile.baseline(input, path: "fuzz.json", sha256: "0a", labels: labels)
    guard let zero = NeutralReference(labels: labels) else { fatalError("no neutral") }
    for head in found.parts.keys {
      let share = found.share(of: head)
      guard share > 0, share <= 1, found.corrected([1, -1], of: head, from: zero).allSatisfy(\.isFinite) else {
        fatalError("a correction that is none")
      }
    }
  } catch {
    if "\(error)".contains("\n") { fatalError("a message of more than one line") }
  }
  return 0
}
