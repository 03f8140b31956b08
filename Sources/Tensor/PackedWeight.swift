package import CKernels

/// A weight (outputs, inputs) in the layout of the product kernels. It is packed once, when a model is loaded, instead of in
/// every product. The plain values are not kept.
public final class PackedWeight: @unchecked Sendable {
  // @unchecked because nothing is written after init, and the table of kernels is constant.

  public let precision: Precision
  public let outputs, inputs: Int
  package let format: UnsafePointer<ckernels_format>
  private let dwords: NumberMemory
  /// Of one panel of outputs.
  let panelDwords: Int

  /// - Parameters:
  ///   - weight: (outputs, inputs), finite.
  ///   - precision: must be one that runs at `level`.
  /// - Returns: nil where the level has no packed products.
  init?(_ weight: Matrix, precision: Precision, level: KernelLevel) {
    guard let format = precision.format(at: level) else { return nil }
    (self.format, self.precision) = (format, precision)
    (outputs, inputs) = (weight.rows, weight.columns)
    panelDwords = ckernels_panel_dwords(format, weight.columns)
    let panel = Int(format.pointee.panel)
    dwords = NumberMemory(bytes: (outputs + panel - 1) / panel * panelDwords * MemoryLayout<UInt32>.stride)
    format.pointee.pack_weight(
      weight.base, weight.rowStride, outputs, inputs, dwords.base.assumingMemoryBound(to: UInt32.self))
  }

  deinit { dwords.free() }

  /// The first dword. Valid while the weight is kept.
  package var base: UnsafePointer<UInt32> { UnsafePointer(dwords.base.assumingMemoryBound(to: UInt32.self)) }
}

/// A weight that products read: as checkpoints keep it, for training and where there are no packed kernels, or packed.
public enum ProductWeight: Sendable {
  /// (outputs, inputs).
  case plain(Matrix)
  case packed(PackedWeight)

  public var outputs: Int {
    switch self {
    case .plain(let values): values.rows
    case .packed(let weight): weight.outputs
    }
  }
}

/// How weights are to be packed when a model is read: for which precision, at which level.
public struct WeightPacking: Hashable, Sendable {
  /// What runs, which may be less than what was asked for.
  public let precision: Precision
  public let level: KernelLevel

  /// - Parameters:
  ///   - precision: what is wanted; see ``Precision/running(at:)``.
  ///   - level: which kernels will read the weights.
  public init(_ precision: Precision, level: KernelLevel = .best) {
    (self.precision, self.level) = (precision.running(at: level), level)
  }

  /// The weight, packed where the level has kernels for it.
  /// - Parameters:
  ///   - weight: (outputs, inputs).
  ///   - exact: whether it stays in float32 whatever the precision: for the few weights that are small and decide.
  public func callAsFunction(_ weight: Matrix, exact: Bool = false) -> ProductWeight {
    PackedWeight(weight, precision: exact ? .f32 : precision, level: level).map { .packed($0) } ?? .plain(weight)
  }
}
