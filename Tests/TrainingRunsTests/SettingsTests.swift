import Clips
import Files
import Foundation
import Networks
import Tensor
import Testing
import TrainingRuns

@Suite struct SettingsTests {
  @Test func settingsComeBackFromTheirFile() throws {
    let toy = try ToyList(clips: 1)
    for settings in [try toy.finetuning(steps: 4), try toy.pretraining(steps: 4)] {
      try Data(settings.json.utf8).write(to: URL(fileURLWithPath: toy / "config.json"))
      let read = try RunSettings(file: toy / "config.json")
      #expect(read == settings && read.differences(from: settings).isEmpty)
    }
    for text in ["{", "{}", "[]"] {
      try Data(text.utf8).write(to: URL(fileURLWithPath: toy / "config.json"))
      #expect(throws: FileError.self) { try RunSettings(file: toy / "config.json") }
    }
  }

  @Test func aPrecisionThatCannotTrainIsRefusedAndNothingMade() throws {
    let toy = try ToyList(clips: 2)
    let settings = try toy.finetuning(steps: 1) { $0.optimisation.precision = .int8 }
    let error = #expect(throws: FileError.self) { try toy.run("run", settings) }
    #expect(error?.kind == .usage && error?.description.contains("--precision int8") == true, "\(error as Any)")
    #expect(!FileManager.default.fileExists(atPath: toy / "run"))
    // Otherwise it is a setting: a run goes on with its own.
    let exact = try toy.finetuning(steps: 1)
    let rounded = try toy.finetuning(steps: 1) { $0.optimisation.precision = .bf16 }
    #expect(rounded.differences(from: exact) == ["optimisation.precision: was f32, is bf16"])
  }

  @Test func aPlanCountsWholeSteps() throws {
    let toy = try ToyList(clips: 11)
    let settings = try toy.finetuning(steps: 5) { $0.optimisation.accumulate = 2 }
    // Five batches of two, of which four make two steps.
    #expect(try RunPlan.stepsAnEpoch(settings) == 2)
    let plan = try RunPlan(settings)
    #expect(plan.batchesAnEpoch == 4 && plan.batches == 10 && plan.epochs == 3)
    #expect((1...10).filter(plan.endsEpoch) == [4, 8, 10])
    #expect(throws: FileError.self) { try RunPlan(try toy.finetuning(steps: 5) { $0.optimisation.accumulate = 6 }) }
  }

  @Test func recipesFollowTheSettings() throws {
    let toy = try ToyList(clips: 1)
    let recipe = try toy.finetuning(steps: 1).recipe
    let published = Recipe.finetuning(.classes(3))
    #expect(recipe.picture == published.picture && recipe.sound == published.sound)
    #expect(recipe.mixing == published.mixing && recipe.target == published.target)
    let pretraining = try toy.pretraining(steps: 1).recipe
    #expect(pretraining.picture == Recipe.pretraining.picture && pretraining.sound == Recipe.pretraining.sound)
    let changed = try toy.finetuning(steps: 1) { settings in
      settings.augmentation = AugmentationSettings()
      (settings.augmentation.speed, settings.augmentation.melMasks) = ([0.9, 1.1], [1, 20])
    }.recipe
    #expect(changed.sound.speed == 0.9...1.1 && changed.sound.melMasks == .init(count: 1, width: 20))
    #expect(changed.picture == Recipe.Picture() && changed.mixing == nil && changed.modalities == .audioVideo)
    let plain = try toy.pretraining(steps: 1).plainRecipe
    #expect(plain.picture == Recipe.Picture() && !plain.sound.loudness)
  }

  @Test func balancedWeightsMakeClassesEqual() throws {
    let toy = try ToyList(clips: 4)
    let counts = try ClassCounts(toy.list, classes: 4)
    #expect(counts.counts == [2, 1, 1, 0])
    let wanted: [Float] = [4.0 / 6, 4.0 / 3, 4.0 / 3, 1]
    #expect(counts.balancedWeights == wanted)
    #expect(throws: (any Error).self) { try ClassCounts(toy.list, classes: 2) }
  }
}
