import ArgumentParser
import Logging
import Tensor

/// What the user asks training to compute in. It decides what comes out, so nothing stands in for what is named.
enum TrainingPrecision: String, ExpressibleByArgument, CaseIterable {
  case f32, bf16
  /// bf16 where this processor has it.
  case auto

  /// For the run's settings; nil: f32.
  var setting: Precision? {
    switch self {
    case .f32: nil
    case .bf16: .bf16
    case .auto: Precision.bf16.running() == .bf16 ? .bf16 : nil
    }
  }
}

/// What the user asks the model to compute in.
enum PrecisionChoice: String, ExpressibleByArgument, CaseIterable {
  case f32, bf16, int8
  /// The fastest one that answers as f32 does, on this processor.
  case auto

  /// What will run on this processor.
  var packing: WeightPacking {
    switch self {
    case .f32: WeightPacking(.f32)
    case .bf16: WeightPacking(.bf16)
    case .int8: WeightPacking(.int8)
    case .auto: WeightPacking(.fastestFaithful())
    }
  }

  /// The same, and a word where it is less than what was asked for.
  func packing(_ log: Logger) -> WeightPacking {
    let packing = packing
    if self != .auto, packing.precision.rawValue != rawValue {
      log.notice("this processor has no instructions for \(rawValue): \(packing.precision) runs instead")
    }
    return packing
  }
}
