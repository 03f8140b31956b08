import Checkpoint
import Foundation
import Tensor
import Testing

/// Weights as bfloat16: matrices alone, rounded as the format's definition says.
@Suite struct SafetensorsFormatTests {
  @Test func matricesAreRoundedToTheNearestEvenAndVectorsAreKept() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "mien-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    // bfloat16 has 7 bits behind the point: steps of 1/128 from 1 to 2.
    let step: Float = 1 / 128
    let given: [Float] = [
      1 + step / 2, 1 + 1.5 * step, 1 + 0.51 * step, 1 + 0.49 * step, -3.4e38, .leastNonzeroMagnitude,
    ]
    let wanted: [Float] = [1, 1 + 2 * step, 1 + step, 1, -.infinity, 0]
    var store = MemoryStore()
    for (name, shape) in [("matrix", [2, 3]), ("vector", [6])] {
      let values = FloatBuffer(count: 6)
      for i in 0..<6 { values.base[i] = given[i] }
      store.add(name, shape: shape, values: values)
    }
    try writeSafetensors(store, to: path, as: .bfloat16)
    let header = String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: path)).dropFirst(8).prefix(200), as: UTF8.self)
    #expect(header.contains(#""matrix":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]}"#), "\(header)")
    #expect(header.contains(#""vector":{"dtype":"F32","shape":[6],"data_offsets":[12,36]}"#), "\(header)")
    // Bytes, because a reader refuses what is not finite.
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)).suffix(36))
    let found = (0..<6).map { Float(bitPattern: UInt32(bytes[2 * $0]) << 16 | UInt32(bytes[2 * $0 + 1]) << 24) }
    #expect(found == wanted, "\(found)")
  }

  @Test func whatIsReadBackIsWithinHalfAStep() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "mien-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let values = FloatBuffer(count: 4096)
    for i in 0..<4096 { values.base[i] = Float(sin(Double(i + 1) * 1.7)) * 3 }
    var store = MemoryStore()
    store.add("w", shape: [64, 64], values: values)
    try writeSafetensors(store, to: path, as: .bfloat16)
    let read = try SafetensorsFile(path).values(of: "w")
    let worst = (0..<4096).map { (read.base[$0] / values.base[$0] - 1).magnitude }.max() ?? 1
    #expect(worst <= 1 / 256 && worst > 1 / 400, "worst relative error \(worst)")
  }
}
