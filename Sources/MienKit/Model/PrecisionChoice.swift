package import Tensor

/// What a model is to compute in.
public enum PrecisionChoice: String, Sendable, CaseIterable {
  case f32, bf16, int8
  /// The fastest one that answers as f32 does, on this processor.
  case auto

  /// What will run with these instructions.
  package func packing(at level: KernelLevel = .best) -> WeightPacking {
    switch self {
    case .f32: WeightPacking(.f32, level: level)
    case .bf16: WeightPacking(.bf16, level: level)
    case .int8: WeightPacking(.int8, level: level)
    case .auto: WeightPacking(.fastestFaithful(at: level), level: level)
    }
  }
}
