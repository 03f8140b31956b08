import Files
import Foundation
import Tensor
import TestSupport
import Testing

@testable import Checkpoint

/// A safetensors file of a header and data.
private func file(_ header: String, _ data: [UInt8]) -> [UInt8] {
  bytes(UInt64(header.utf8.count)) + Array(header.utf8) + data
}

private func problem(_ header: String, _ data: [UInt8]) throws -> String {
  try checkpointError { _ = try SafetensorsFile(memory(file(header, data), "x.safetensors")) }.description
}

@Suite struct SafetensorsTests {
  @Test func readsEveryFloatType() throws {
    let header = #"""
      {"__metadata__":{"k":"v\u00e9\n"},"c":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},
      "a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},
      "d":{"data_offsets":[16,24],"dtype":"F64","shape":[]},"n":{"dtype":"I64","shape":[1],"data_offsets":[24,32]}}
      """#
    let data =
      bytes([1.5, -2]) + bytes(Float16(0.5).bitPattern) + bytes(Float16(-65504).bitPattern) + bytes(UInt16(0x3f80))
      + bytes(UInt16(0xc0a0)) + bytes((0.1 as Double).bitPattern) + bytes(Int64(-7))
    let store = try SafetensorsFile(memory(file(header, data)))
    #expect(store.names == ["c", "a", "b", "d"], "the header's order")
    #expect(store.skippedNames == ["n"])
    #expect(store.metadata == ["k": "vé\n"])
    #expect(store.shape(of: "a") == [2, 1])
    #expect(store.shape(of: "d") == [])
    #expect(store.shape(of: "e") == nil)
    #expect(try store.values(of: "a").array == [1.5, -2])
    #expect(try store.values(of: "b").array == [0.5, -65504])
    #expect(try store.values(of: "c").array == [1, -5])
    #expect(try store.values(of: "d").array == [Float(0.1)])
    #expect(try store.values(of: "n").array == [-7])
    #expect(try checkpointError { _ = try store.values(of: "e") }.description.contains("'e'"))
  }

  @Test func mapsAlignedValuesAndCopiesOthers() throws {
    for padding in 0..<4 {
      let header = #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"# + String(repeating: " ", count: padding)
      let content = memory(file(header, bytes([1, 2, 3])))
      let buffer = try SafetensorsFile(content).values(of: "a")
      #expect(buffer.array == [1, 2, 3])
      let inside = isInside(buffer, content)
      #expect(inside == (header.utf8.count % 4 == 0))
    }
  }

  @Test func mappingOutlivesTheStore() throws {
    let scratch = try Scratch()
    var memoryStore = MemoryStore()
    memoryStore.add("w", shape: [2, 2], values: FloatBuffer([1, 2, 3, 4]))
    try writeSafetensors(memoryStore, to: scratch.file("w"))
    var buffer: FloatBuffer?
    do { buffer = try openCheckpoint(scratch.file("w")).values(of: "w") }
    #expect(buffer?.array == [1, 2, 3, 4])
  }

  @Test func writesWhatItReads() throws {
    let scratch = try Scratch()
    var store = MemoryStore()
    store.add("z.weight", shape: [2, 3], values: FloatBuffer([0, 1, 2, 3, 4, .leastNonzeroMagnitude]))
    store.add("a \"quoted\\\" \u{1}é", shape: [], values: FloatBuffer([7]))
    store.add("empty", shape: [0, 4], values: FloatBuffer(count: 0))
    store.add("last", shape: [300_000], values: FloatBuffer((0..<300_000).map(Float.init)))
    try writeSafetensors(store, to: scratch.file("w"), metadata: ["format": "pt", "a": "b"])
    let read = try SafetensorsFile(scratch.file("w"))
    #expect(read.names == store.names)
    #expect(read.metadata == ["format": "pt", "a": "b"])
    for name in store.names {
      #expect(read.shape(of: name) == store.shape(of: name))
      #expect(try read.values(of: name).array == store.values(of: name).array)
    }
    try writeSafetensors(read, to: scratch.file("v"), metadata: read.metadata)
    #expect(try sha256(ofFile: scratch.file("v")) == sha256(ofFile: scratch.file("w")), "the same bytes")
    #expect(scratch.contents.sorted() == ["v", "w"])
  }

  @Test(arguments: [
    // (header, bytes of data, what the error says)
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
      12, "overlap"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
      8, "overlap"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      12, "4 bytes between 'a' and 'b'"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "4 bytes between the header and 'a'"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "4 bytes after the last"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "ends at byte 8 of the data, but only 4"),
    (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "does not fit its 8 bytes"),
    (#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}"#, 8, "does not fit"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "before it begins"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "negative"),
    (#"{"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}}"#, 4, "expected"),
    (#"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#, 4, "starts with 0"),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "too large"),
    (#"{"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}}"#, 0, "does not fit"),
    (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, 0, "too large"),
    (#"{"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}"#, 4, "unknown dtype 'F8_E4M3'"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8, "'a' twice"
    ),
    (#"{"__metadata__":{"k":"1","k":"2"}}"#, 0, "'k' twice"),
    (#"{"__metadata__":{"k":1}}"#, 0, "expected"),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "lacks"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "lacks"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4, "unexpected 'x'"),
    (#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4, "unexpected 'dtype'"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#, 4, "follows"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, 4, "expected"),
    (#"{"\ud800":1}"#, 0, "surrogate"),
    ("{\"a\nb\":1}", 0, "control character"),
    ("[]", 0, "expected"), ("", 0, "expected"),
  ]) func refuses(header: String, count: Int, reason: String) throws {
    let problem = try problem(header, [UInt8](repeating: 0, count: count))
    #expect(problem.contains(reason), "\(problem)")
    #expect(problem.hasPrefix("x.safetensors: "))
  }

  @Test func refusesNestingWithoutRecursion() throws {
    _ = try problem(String(repeating: "{\"a\":", count: 100_000), [])
    _ = try problem(#"{"a":{"shape":"# + String(repeating: "[", count: 100_000), [])
  }

  @Test func refusesHugeHeaders() throws {
    let error = try checkpointError { _ = try SafetensorsFile(memory(bytes(UInt64.max) + Array("{}".utf8))) }
    #expect(error.problem.contains("limit"))
    let short = try checkpointError { _ = try SafetensorsFile(memory(bytes(UInt64(1000)) + Array("{}".utf8))) }
    #expect(short.remedy?.contains("cut short") == true)
  }

  @Test func everyTruncationIsAnError() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[2,2],"data_offsets":[8,16]}}"#
    let whole = file(header, [UInt8](repeating: 1, count: 16))
    _ = try SafetensorsFile(memory(whole))
    for length in 0..<whole.count {
      _ = try checkpointError { _ = try SafetensorsFile(memory(Array(whole[..<length]))) }
    }
  }

  /// A flipped bit gives an error or a file whose tensors can all be read: never a crash.
  @Test func flippedBitsAreSafe() throws {
    let header =
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F16","shape":[2,2],"data_offsets":[8,16]}}"#
    let whole = file(header, [UInt8](repeating: 1, count: 16))
    var refused = 0
    for bit in 0..<8 * (8 + header.utf8.count) {
      var damaged = whole
      damaged[bit / 8] ^= 1 << (bit % 8)
      do {
        let store = try SafetensorsFile(memory(damaged))
        for name in store.names + store.skippedNames { _ = try store.values(of: name) }
      } catch is FileError { refused += 1 }
    }
    #expect(refused > 4 * header.utf8.count, "only \(refused) were refused")
  }
}

private func isInside(_ buffer: FloatBuffer, _ content: FileBytes) -> Bool {
  guard let start = content.bytes.baseAddress else { return false }
  let address = UnsafeRawPointer(buffer.base)
  return address >= start && address < start + content.bytes.count
}
