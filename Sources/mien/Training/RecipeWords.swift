import Architectures
import Networks
import Training

/// What `--help` says of defaults that each architecture has of its own.
enum RecipeWords {
  /// - Parameters:
  ///   - pretraining: the default of pre-training; nil: it does not have the option.
  ///   - text: the default in a recipe of fine-tuning.
  /// - Returns: such as `(default: 100 of pre-training, 50 of fine-tuning; 20 of some-size)`.
  static func defaults(_ pretraining: String? = nil, _ text: (FineTuningRecipe) -> String) -> String {
    let found = recipes.map { (text($0.recipe), $0.presets) }
    guard let first = found.first?.0 else { return "" }
    let others = found.filter { $0.0 != first }.map { "; \($0.0) of \($0.1.joined(separator: ", "))" }.joined()
    guard let pretraining else { return "(default: \(first)\(others))" }
    return "(default: \(pretraining) of pre-training, \(first) of fine-tuning\(others))"
  }

  /// Of every architecture that can be fine-tuned.
  private static let recipes: [(recipe: FineTuningRecipe, presets: [String])] = architectures.compactMap {
    architecture in
    guard let preset = architecture.presets.first,
      let sizes = architecture.sizes(for: SizeRequest(preset: preset, outputs: 1)) as? any TrainableSizes
    else { return nil }
    let request = FineTuningRequest(outputs: 1, modalities: sizes.modalities)
    return (sizes.fineTuning(request).recipe, architecture.presets)
  }

  /// A rate with the digits that people write.
  static func rate(_ recipe: FineTuningRecipe) -> String { "\(recipe.rate)\(recipe.isScaled ? "" : " for any step")" }
}
