import Checkpoint
import Files
import Foundation
import Tensor
import TestSupport
import Testing

@Suite struct FeatureFileTests {
  private static let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
  private static let values: [Float] = [1, -2, 0.5, 1e-20, 3e30, 0]
  private static let bytes = values.flatMap(NumpyArchive.littleEndian)

  private func read(_ bytes: [UInt8]) throws -> (steps: Int, width: Int, values: [Float]) {
    let file = try bytes.withUnsafeBytes { try FeatureFile(bytes: $0, name: "a.npy") }
    return (file.steps, file.width, try file.values().array)
  }

  @Test(arguments: [1, 2, 3] as [UInt8]) func everyVersionIsRead(_ version: UInt8) throws {
    let found = try read(NumpyArchive.bytes(header: Self.header, values: Self.bytes, version: version))
    #expect(found.steps == 2 && found.width == 3 && found.values == Self.values)
  }

  @Test func halfPrecisionAndOtherSpellingsAreRead() throws {
    let halves: [Float16] = [1, -2, 0.5, 65504, 6e-8, 0]
    let bytes = halves.flatMap { [UInt8(truncatingIfNeeded: $0.bitPattern), UInt8($0.bitPattern >> 8)] }
    let header = "{\"shape\":(2,3),\"descr\":\"<f2\",\"fortran_order\":False}"
    #expect(try read(NumpyArchive.bytes(header: header, values: bytes)).values == halves.map { Float($0) })
  }

  @Test func oneTensorOfSafetensorsIsRead() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "mien-\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func write(_ shapes: [String: [Int]]) throws {
      var store = MemoryStore()
      for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
        store.add(name, shape: shape, values: FloatBuffer(Array(Self.values.prefix(shape.reduce(1, *)))))
      }
      try writeSafetensors(store, to: path)
    }
    try write(["anything": [3, 2]])
    let file = try FeatureFile(path)
    #expect(file.steps == 3 && file.width == 2)
    #expect(try file.values().array == Self.values)
    try write(["a": [3, 2], "b": [2]])
    let error = #expect(throws: FileError.self) { try FeatureFile(path) }
    #expect(error?.description.contains("has 2 tensors") == true, "\(error as Any)")
    #expect(throws: FileError.self) { try FeatureFile(path + ".none") }
  }

  @Test(arguments: [
    ("'<f8'", "'<f8'; save"), ("'>f4'", "'>f4'; save"), ("'<i4'", "'<i4'; save"), ("'|O'", "'|O'; save"),
    ("[('a', '<f4')]", "not that of an array"),
  ]) func otherTypesAreRefused(_ type: String, _ words: String) throws {
    let header = Self.header.replacingOccurrences(of: "'<f4'", with: type)
    try refused(NumpyArchive.bytes(header: header, values: Self.bytes), words)
  }

  @Test(arguments: [
    ("(6,)", "shape [6]"), ("()", "does not fit"), ("(1, 2, 3)", "shape [1, 2, 3]"), ("(2, 4)", "does not fit"),
    ("(0, 3)", "does not fit"), ("(2, -3)", "not that of an array"), ("(2, 3", "not that of an array"),
    ("(2 3)", "not that of an array"), ("(99999999999999999999, 3)", "too large"),
    ("(4611686018427387904, 4)", "does not fit"), ("(2, 3.0)", "not that of an array"), ("2", "not that of an array"),
    ("(\(Array(repeating: "1", count: 65).joined(separator: ", ")))", "more than 64 dimensions"),
  ]) func otherShapesAreRefused(_ shape: String, _ words: String) throws {
    let header = Self.header.replacingOccurrences(of: "(2, 3)", with: shape)
    try refused(NumpyArchive.bytes(header: header, values: Self.bytes), words)
  }

  @Test func arraysWithoutStepsOrWidthAreRefused() throws {
    for (shape, words) in [([0, 3], "has no step"), ([3, 0], "steps of 0 values"), ([0, 70_000], "has no step")] {
      try refused(NumpyArchive.bytes([], shape: shape), words)
    }
    try refused(NumpyArchive.bytes([Float](repeating: 0, count: 65_537), shape: [1, 65_537]), "steps of 65537 values")
  }

  @Test(arguments: [
    "", "{}", "{'descr': '<f4'}", "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), 'more': 1}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 3)}", "{'descr': '<f4' 'fortran_order': False, 'shape': (2, 3)}",
    "{'descr': '<f\\4', 'fortran_order': False, 'shape': (2, 3)}", "{'descr': '<f4", "__import__('os')",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3)} + x",
  ]) func otherHeadersAreRefused(_ header: String) throws {
    try refused(NumpyArchive.bytes(header: header, values: Self.bytes), "header")
  }

  @Test func fortranOrderAndBadValuesAreRefused() throws {
    let columns = Self.header.replacingOccurrences(of: "False", with: "True")
    try refused(NumpyArchive.bytes(header: columns, values: Self.bytes), "column by column")
    for bad in [Float.nan, .infinity, -.infinity] {
      try refused(NumpyArchive.bytes([1, 2, 3, 4, bad, 6], shape: [2, 3]), "step 1 has a value that is not finite")
    }
  }

  @Test func everyCutIsRefused() throws {
    let whole = NumpyArchive.bytes(header: Self.header, values: Self.bytes)
    _ = try read(whole)
    for count in 0..<whole.count { #expect(throws: FileError.self) { try read(Array(whole.prefix(count))) } }
    #expect(throws: FileError.self) { try read(whole + [0]) }
    for version in [0, 4, 255] as [UInt8] {
      var other = whole
      other[6] = version
      try refused(other, "version \(version).0")
    }
    var long = whole
    (long[8], long[9]) = (255, 255)
    try refused(long, "claims 65535 bytes")
  }

  private func refused(_ bytes: [UInt8], _ words: String) throws {
    let error = #expect(throws: FileError.self) { try read(bytes) }
    #expect(error?.path == "a.npy" && error?.description.contains(words) == true, "\(error as Any)")
  }
}
