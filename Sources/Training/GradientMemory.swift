internal import Tensor

/// Memory of gradients that are done with, by size. Buffers hold whatever was there.
final class GradientMemory {
  private var spare: [Int: [FloatBuffer]] = [:]

  /// A buffer of `count` values.
  func take(_ count: Int) -> FloatBuffer { spare[count]?.popLast() ?? FloatBuffer(count: count) }

  /// For whoever needs as many values next.
  func giveBack(_ buffer: FloatBuffer) { spare[buffer.count, default: []].append(buffer) }
}
