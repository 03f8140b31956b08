// Feeds bytes to the reader of feature files: they are refused, or all values can be read.
import Checkpoint

@_cdecl("LLVMFuzzerTestOneInput")
public func tryOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: size)
  guard let file = try? FeatureFile(bytes: bytes, name: "fuzz"), let values = try? file.values() else { return 0 }
  guard values.count == file.steps * file.width else { fatalError("a proven array has another number of values") }
  // Touches both ends of what was handed out.
  _ = values.base[0] + values.base[values.count - 1]
  return 0
}
