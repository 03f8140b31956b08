public import ArgumentParser
public import MienKit
import Tensor

/// What the user asks training to compute in. It decides what comes out, so nothing stands in for what is named.
enum TrainingPrecision: String, ExpressibleByArgument, CaseIterable {
  case f32, bf16
  /// bf16 where it is faster on this processor.
  case auto

  /// For the run's settings; nil: f32.
  var setting: Precision? {
    switch self {
    case .f32: nil
    case .bf16: .bf16
    case .auto: Precision.fastestFaithful() == .bf16 ? .bf16 : nil
    }
  }
}

extension PrecisionChoice: ExpressibleByArgument {}

/// The most that the model's kernels may use, so that what another processor would answer can be seen on this one.
enum Instructions: String, ExpressibleByArgument, CaseIterable {
  case amx, avx512, avx2, reference

  static let help = ArgumentHelp(
    """
    What the model's kernels may use at most, to compare. (default: the best that this processor has, or a session's \
    own)
    """,
    valueName: "level")

  var level: KernelLevel {
    switch self {
    case .amx: .amx
    case .avx512: .avx512
    case .avx2: .avx2
    case .reference: .reference
    }
  }

  /// - Throws: `ValidationError` where this processor does not have them.
  func validate() throws {
    guard KernelLevel.available.contains(level) else {
      throw ValidationError("This processor has no instructions for --instructions \(rawValue).")
    }
  }
}
