import CKernels
import Tensor

extension WeightPacking {
  /// Every precision at every level that this machine has packed kernels for.
  static let withKernels = KernelLevel.available.flatMap { level in
    Precision.available(at: level).map { WeightPacking($0, level: level) }.filter { $0.format != nil }
  }

  /// Those of floats: which training computes in.
  static let ofFloats = withKernels.filter { $0.precision != .int8 }

  /// Those that have attention of their own.
  static let withAttention = withKernels.filter { $0.format?.pointee.attention != nil }

  var format: UnsafePointer<ckernels_format>? { precision.format(at: level) }
}
