package import HiCMAE

/// Sizes that can be had without a checkpoint.
public enum UntrainedSize: String, Sendable, CaseIterable {
  case nano, tiny, small, base

  package func configuration(outputs: Int) -> Configuration {
    switch self {
    case .nano: .nano(outputs: outputs)
    case .tiny: .tiny(outputs: outputs)
    case .small: .small(outputs: outputs)
    case .base: .base(outputs: outputs)
    }
  }
}
