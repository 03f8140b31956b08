package import CKernels

/// Which instructions our own kernels use; OpenBLAS chooses its own.
public enum KernelLevel: Int, CaseIterable, Sendable, CustomStringConvertible {
  case reference = 0
  case avx2 = 1
  case avx512 = 2
  /// AVX-512, and tiles for products in ``Precision/bf16`` and ``Precision/int8``.
  case amx = 3

  /// The best one that this processor has. The C function is `ckernels_best_level`.
  public static var best: KernelLevel { KernelLevel(rawValue: Int(ckernels_best_level().rawValue)) ?? .reference }

  /// Those that this processor has.
  public static var available: [KernelLevel] { allCases.filter { $0.table != nil } }

  public var description: String {
    switch self {
    case .reference: "reference"
    case .avx2: "avx2"
    case .avx512: "avx512"
    case .amx: "amx"
    }
  }

  /// The kernels, or nil where the processor lacks the instructions. The C function is `ckernels_table_of`.
  package var table: UnsafePointer<ckernels_table>? {
    ckernels_table_of(ckernels_level(rawValue: UInt32(rawValue)))
  }
}

extension FloatBuffer {
  /// Index of the first NaN or infinity, or nil. The C function is `ckernels_first_not_finite`.
  public var firstNotFinite: Int? {
    let index = ckernels_first_not_finite(base, count)
    return index < count ? index : nil
  }
  /// Σx² of the values in `range`, in double precision: finite unless one of them is not. The C function is
  /// `ckernels_sum_of_squares`.
  public func sumOfSquares(_ range: Range<Int>) -> Double {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "values \(range) of \(count)")
    return ckernels_sum_of_squares(base + range.lowerBound, range.count)
  }
}
