package import CKernels

/// What the operands of the large products are rounded to; sums, norms, softmax and residuals are float32, but for the
/// sums of products in int8, which are exact.
public enum Precision: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
  /// Not rounded.
  case f32
  /// bfloat16: 8 bits of mantissa.
  case bf16
  /// 8-bit integers: weights with one scale for every output (7 bits at ``KernelLevel/avx2``), rows with a scale and a zero
  /// of their own, taken when they are met. Attention too with AVX-512: a row's weights are bytes, with a dither.
  case int8

  public var description: String { rawValue }

  /// What runs where this was asked for: the processor's instructions decide, and the next better precision stands in.
  public func running(at level: KernelLevel = .best) -> Precision {
    switch self {
    case .f32: .f32
    case .bf16: format(at: level) == nil ? .f32 : .bf16
    case .int8: format(at: level) == nil ? Precision.bf16.running(at: level) : .int8
    }
  }

  /// Those that this processor has kernels for.
  public static func available(at level: KernelLevel = .best) -> [Precision] {
    allCases.filter { $0.running(at: level) == $0 }
  }

  /// The fastest one whose answers are those of float32 for all practical purposes: bf16 where there are kernels for it that
  /// are faster. The C function is `ckernels_bf16_is_fast`.
  public static func fastestFaithful(at level: KernelLevel = .best) -> Precision {
    ckernels_bf16_is_fast(ckernels_level(rawValue: UInt32(level.rawValue))) != 0
      ? Precision.bf16.running(at: level) : .f32
  }

  /// The kernels of packed products, or nil: the reference has none, AVX2 none for bf16. Where there are none for f32 OpenBLAS
  /// multiplies. The C function is `ckernels_format_of`.
  package func format(at level: KernelLevel) -> UnsafePointer<ckernels_format>? {
    let precision =
      switch self {
      case .f32: CKERNELS_F32
      case .bf16: CKERNELS_BF16
      case .int8: CKERNELS_INT8
      }
    return ckernels_format_of(ckernels_level(rawValue: UInt32(level.rawValue)), precision)
  }
}
