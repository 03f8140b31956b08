import Checkpoint
import Foundation
import HiCMAE
import Layers
import Tensor
import TestSupport

/// What tests of the command are fed with: the repository's demo recording, and files made here.
enum Fixtures {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let demo = root.appending(path: "recordings/demo.mp4").path

  static func schema() throws -> SchemaValidator {
    try SchemaValidator(
      schema: String(contentsOf: root.appending(path: "schema/mien.stream-1.0.schema.json"), encoding: .utf8))
  }

  /// A small model of random weights as a checkpoint file.
  /// - Parameter broken: one weight is not a number.
  static func checkpoint(_ path: String, outputs: Int = 6, broken: Bool = false) throws {
    let weights = Weights(fresh: 7)
    let sizes = Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: outputs)
    _ = try HiCMAEModel(sizes, weights)
    var store = MemoryStore()
    // A linear congruence: the values matter to no test, only that they are always the same.
    var state: UInt32 = 12345
    for (name, shape) in weights.asked {
      let values = FloatBuffer(count: shape.reduce(1, *))
      for i in 0..<values.count {
        state = state &* 1_664_525 &+ 1_013_904_223
        values.base[i] = (Float(state >> 8) / 16_777_216 - 0.5) * 0.2
      }
      store.add(name, shape: shape, values: values)
    }
    if broken, let name = store.names.last { try store.values(of: name).base[0] = .nan }
    try writeSafetensors(store, to: path)
  }

  /// The same, imported: a model folder inside `folder`.
  static func model(in folder: Folder, labels: String = "crema-d", outputs: Int = 6, task: String? = nil) throws
    -> String
  {
    try checkpoint(folder / "weights.safetensors", outputs: outputs)
    let path = folder / "model"
    let made =
      try task.map {
        try Command.run("model", "import", folder / "weights.safetensors", "-o", path, "--labels", labels, "--task", $0)
      } ?? Command.run("model", "import", folder / "weights.safetensors", "-o", path, "--labels", labels)
    guard made.status == 0 else { throw Problem(description: made.err) }
    return path
  }

  struct Problem: Error { var description: String }

  /// A wav file of 16-bit mono samples at 16 kHz: two tones that come and go.
  static func sound(seconds: Double) -> [UInt8] {
    let samples = (0..<Int(seconds * 16_000)).map { i in
      let t = Double(i) / 16_000
      return Int16(8000 * sin(2 * .pi * 220 * t) * sin(3 * t) + 3000 * sin(2 * .pi * 1700 * t))
    }
    func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let size = UInt32(samples.count * 2)
    var wav = Array("RIFF".utf8) + bytes(size + 36) + Array("WAVEfmt ".utf8)
    wav += bytes(UInt32(16)) + bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(16_000)) + bytes(UInt32(32_000))
    wav += bytes(UInt16(2)) + bytes(UInt16(16)) + Array("data".utf8) + bytes(size)
    return wav + samples.flatMap { bytes($0) }
  }

  /// A folder of uncompressed pictures (bmp), each of one shade.
  static func pictures(_ count: Int, in folder: Folder, side: Int = 160) throws -> String {
    let path = folder / "faces"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    for i in 0..<count {
      let pixels = [UInt8](repeating: UInt8((i * 37) % 256), count: side * side * 3)
      var bmp = Array("BM".utf8) + bytes(UInt32(54 + pixels.count)) + bytes(UInt32(0)) + bytes(UInt32(54))
      bmp += bytes(UInt32(40)) + bytes(Int32(side)) + bytes(Int32(side)) + bytes(UInt16(1)) + bytes(UInt16(24))
      bmp += [UInt8](repeating: 0, count: 24) + pixels
      let name = String(repeating: "0", count: 4 - "\(i)".count) + "\(i).bmp"
      try Data(bmp).write(to: URL(fileURLWithPath: path + "/" + name))
    }
    return path
  }
}
