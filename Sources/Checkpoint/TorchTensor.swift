internal import Files

// Views of storages: proofs about them, and copying them out. Not reading of archives (see TorchFile).

extension TorchTensor {
  /// A tensor may be larger than its storage (strides of 0), but not without bound.
  static let expansionLimit = 1 << 20
  static let dimensionLimit = 64

  /// Proves that every value that the view reaches lies inside the storage.
  func validate(named name: String) throws {
    func problem(_ what: String) -> FormatProblem { FormatProblem("tensor '\(printable(name))' \(what)") }
    guard shape.count == strides.count, shape.count <= Self.dimensionLimit else {
      throw problem("has \(shape.count) dimensions but \(strides.count) strides, or too many")
    }
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }), let count = elementCount(shape) else {
      throw problem("of shape \(shape) has a negative or impossible offset, stride or size")
    }
    if count == 0 { return }
    guard count <= max(storage.count, Self.expansionLimit) else {
      throw problem("of shape \(shape) is far larger than its storage of \(storage.count) values")
    }
    var last = offset
    for (dimension, stride) in zip(shape, strides) {
      let (reach, overflow) = (dimension - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(reach)
      guard !overflow, !carry else { throw problem("has an impossible stride") }
      last = sum
    }
    guard last < storage.count else {
      throw problem("reaches value \(last) of a storage that has \(storage.count)")
    }
  }

  /// Whether values lie one after another in row-major order.
  var isContiguous: Bool {
    var expected = 1
    for (dimension, stride) in zip(shape, strides).reversed() {
      if dimension != 1, stride != expected { return false }
      expected *= dimension
    }
    return true
  }

  /// Copies the view out of its storage's bytes, row-major. Only after `validate`.
  func convert(from storage: UnsafeRawPointer, to target: UnsafeMutablePointer<Float>) {
    let size = self.storage.type.size
    guard let count = elementCount(shape), count > 0 else { return }
    if isContiguous {
      self.storage.type.convert(storage + offset * size, count: count, to: target)
      return
    }
    var index = [Int](repeating: 0, count: shape.count)
    var position = offset
    for i in 0..<count {
      self.storage.type.convert(storage + position * size, count: 1, to: target + i)
      // Count up from the innermost dimension, keeping the position in step.
      for axis in shape.indices.reversed() {
        index[axis] += 1
        position += strides[axis]
        if index[axis] < shape[axis] { break }
        position -= index[axis] * strides[axis]
        index[axis] = 0
      }
    }
  }
}
