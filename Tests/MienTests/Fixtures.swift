import Checkpoint
import Foundation
import HiCMAE
import Layers
import Networks
import Tensor
import TestSupport

/// What tests of the command are fed with: the repository's demo recording, and files made here.
enum Fixtures {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let demo = root.appending(path: "recordings/demo.mp4").path
  /// Where the default model is, once it has been made.
  static let defaultModel = root.appending(path: "models/nano").path

  static func schema() throws -> SchemaValidator {
    try SchemaValidator(
      schema: String(contentsOf: root.appending(path: "schema/mien.stream-1.3.schema.json"), encoding: .utf8))
  }

  /// A small model of random weights as a checkpoint file.
  /// - Parameters:
  ///   - broken: one weight is not a number.
  ///   - seed: another one gives other weights.
  static func checkpoint(
    _ path: String, outputs: Int = 6, keeping modalities: Modalities = .audioVideo, broken: Bool = false,
    seed: UInt32 = 12345
  ) throws {
    let weights = Weights(fresh: 7)
    let sizes = Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: outputs)
      .keeping(modalities)
    _ = try HiCMAEModel(sizes, weights)
    var store = MemoryStore()
    // A linear congruence: the values matter to no test, only that they are always the same.
    var state = seed
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

  /// A checkpoint of the tiny published size, all zeros: a header and a hole.
  static func emptyCheckpoint(_ path: String) throws {
    let weights = Weights(fresh: 7)
    _ = try HiCMAEModel(.tiny(outputs: 6), weights)
    var (members, end) = ([String](), 0)
    for (name, shape) in weights.asked {
      let next = end + 4 * shape.reduce(1, *)
      members.append("\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(end),\(next)]}")
      end = next
    }
    var header = "{" + members.joined(separator: ",") + "}"
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    let start = bytes(UInt64(header.utf8.count)) + Array(header.utf8)
    try Data(start).write(to: URL(fileURLWithPath: path))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: UInt64(start.count + end))
    try handle.close()
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

  static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  /// A wav file of 16-bit mono samples at 16 kHz: two tones that come and go.
  static func sound(seconds: Double) -> [UInt8] { wav(tones(seconds: seconds)) }

  private static func tones(seconds: Double) -> [Int16] {
    (0..<Int(seconds * 16_000)).map { i in
      let t = Double(i) / 16_000
      return Int16(8000 * sin(2 * .pi * 220 * t) * sin(3 * t) + 3000 * sin(2 * .pi * 1700 * t))
    }
  }

  /// 16 kHz mono.
  static func wav(_ samples: [Int16]) -> [UInt8] {
    let size = UInt32(samples.count * 2)
    return Array("RIFF".utf8) + bytes(size + 36) + Array("WAVEfmt ".utf8) + bytes(UInt32(16)) + soundFormat
      + Array("data".utf8) + bytes(size) + samples.flatMap { bytes($0) }
  }

  /// WAVEFORMAT of 16-bit mono PCM at 16 kHz.
  private static let soundFormat =
    bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt32(16_000)) + bytes(UInt32(32_000)) + bytes(UInt16(2))
    + bytes(UInt16(16))

  /// A folder of uncompressed pictures (bmp), each of one shade.
  static func pictures(_ count: Int, in folder: Folder, side: Int = 160) throws -> String {
    let path = folder / "faces"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for i in 0..<count {
      let pixels = [UInt8](repeating: UInt8((i * 37) % 256), count: side * side * 3)
      let name = String(repeating: "0", count: 4 - "\(i)".count) + "\(i).bmp"
      try Data(bmp(pixels, side: side)).write(to: URL(fileURLWithPath: path + "/" + name))
    }
    return path
  }

  /// A square picture; `pixels` are red, green, blue from the top. The side is a multiple of 4.
  static func bmp(_ pixels: [UInt8], side: Int) -> [UInt8] {
    var bmp = Array("BM".utf8) + bytes(UInt32(54 + pixels.count)) + bytes(UInt32(0)) + bytes(UInt32(54))
    bmp += pictureFormat(side)
    bmp.reserveCapacity(54 + pixels.count)
    for y in stride(from: side - 1, through: 0, by: -1) {
      for x in 0..<side {
        let i = (y * side + x) * 3
        bmp.append(pixels[i + 2])
        bmp.append(pixels[i + 1])
        bmp.append(pixels[i])
      }
    }
    return bmp
  }

  /// BITMAPINFOHEADER of 24-bit pixels, the lowest row first.
  private static func pictureFormat(_ side: Int) -> [UInt8] {
    bytes(UInt32(40)) + bytes(Int32(side)) + bytes(Int32(side)) + bytes(UInt16(1)) + bytes(UInt16(24))
      + [UInt8](repeating: 0, count: 24)
  }

  /// An avi file of uncompressed pictures without a face, 25 a second, and 16 kHz sound, interleaved; written piece by
  /// piece, so that it may be long.
  static func recording(_ path: String, seconds: Int, side: Int = 32) throws {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      Array(name.utf8) + bytes(UInt32(content.count)) + content
    }
    func list(_ name: String, _ content: [UInt8]) -> [UInt8] { chunk("LIST", Array(name.utf8) + content) }
    func numbers(_ values: Int...) -> [UInt8] { values.flatMap { bytes(UInt32($0)) } }
    let (frame, rate, hold) = (side * side * 3, 25, 16_000 / 25)
    let count = seconds * rate
    func stream(_ kind: String, scale: Int, rate: Int, length: Int, size: Int, format: [UInt8]) -> [UInt8] {
      // Type, codec; flags, priority and language, initial frames; scale, rate, start, length; buffer, quality, size.
      let header = Array(kind.utf8) + numbers(0, 0, 0, 0, scale, rate, 0, length, frame, 0, size, 0, 0)
      return list("strl", chunk("strh", header) + chunk("strf", format))
    }
    let headers =
      chunk("avih", numbers(1_000_000 / rate, 0, 0, 0x100, count, 0, 2, frame, side, side, 0, 0, 0, 0))
      + stream("vids", scale: 1, rate: rate, length: count, size: 0, format: pictureFormat(side))
      + stream("auds", scale: 1, rate: 16_000, length: seconds * 16_000, size: 2, format: soundFormat)
    let movie = 4 + count * (8 + frame + 8 + 2 * hold)
    let start = list("hdrl", headers)
    var file = Data(Array("RIFF".utf8) + bytes(UInt32(4 + start.count + 8 + movie)) + Array("AVI ".utf8) + start)
    file += Data(Array("LIST".utf8) + bytes(UInt32(movie)) + Array("movi".utf8))
    try file.write(to: URL(fileURLWithPath: path))
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    try handle.seekToEnd()
    let second = tones(seconds: 1).flatMap { bytes($0) }
    for _ in 0..<seconds {
      var part = Data()
      for i in 0..<rate {
        part += chunk("00db", [UInt8](repeating: UInt8(10 * i), count: frame))
        part += chunk("01wb", Array(second[i * 2 * hold..<(i + 1) * 2 * hold]))
      }
      try handle.write(contentsOf: part)
    }
  }
}
