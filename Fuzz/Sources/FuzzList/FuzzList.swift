// Feeds bytes to the reader of annotation lists: they are refused with a line, or every clip has what a clip needs.
import Lists

@_cdecl("LLVMFuzzerTestOneInput")
public func tryOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeRawBufferPointer(start: data, count: size))
  let list: AnnotationList
  do { list = try AnnotationList(path: "lists/fuzz.csv", bytes: bytes) } catch {
    if "\(error)".contains("\n") { fatalError("a message of more than one line") }
    return 0
  }
  for entry in list.entries {
    if entry.label.isEmpty { fatalError("a clip without a label") }
    for path in [entry.video, entry.audio].compactMap({ $0 }) where list.resolve(path).isEmpty {
      fatalError("a clip without a path")
    }
  }
  return 0
}
