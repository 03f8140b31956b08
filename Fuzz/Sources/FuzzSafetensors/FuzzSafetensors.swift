// Feeds bytes to the safetensors reader: they are refused, or every tensor can be read.
import Checkpoint

@_cdecl("LLVMFuzzerTestOneInput")
public func tryOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = UnsafeRawBufferPointer(start: data, count: size)
  guard let store = try? SafetensorsFile(bytes: bytes, name: "fuzz") else { return 0 }
  for name in store.names + store.skippedNames {
    guard let values = try? store.values(of: name), values.count == store.shape(of: name)?.reduce(1, *) else {
      fatalError("a validated tensor cannot be read")
    }
    // Touches both ends of what was handed out.
    if values.count > 0 { _ = values.base[0] + values.base[values.count - 1] }
  }
  return 0
}
