import HiCMAE
import HiCMAETraining
import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training

@testable import TrainingRuns

/// What a run's settings say of masks, contrast, layer decay and dropped paths reaches what learns.
@Suite struct LearnerSettingsTests {
  /// The first block of an encoder is never dropped, so there must be two.
  private func finetuning(_ toy: ToyList, change: (inout RunSettings) -> Void) throws -> RunSettings {
    try toy.finetuning(steps: 2) { settings in
      settings.model = .init(Configuration(dim: 64, videoDepth: 2, audioDepth: 2, fusionDepth: 1, outputs: 3))
      change(&settings)
    }
  }

  private func pretrainer(_ settings: RunSettings) throws -> PretrainingLearner {
    let sizes = try #require(settings.model.sizes as? any PretrainableSizes)
    let learner = try sizes.learner(sizes.start(from: nil, seed: 3), settings.pretraining(threads: 2))
    return try #require(learner as? PretrainingLearner)
  }

  private func finetuner(_ settings: RunSettings) throws -> FineTuningLearner {
    let sizes = try #require(settings.model.sizes as? any FineTunableSizes)
    let learner = try sizes.learner(
      sizes.start(from: nil, seed: 3, takesHead: false), settings.fineTuning(threads: 2))
    return try #require(learner as? FineTuningLearner)
  }

  private func batch(_ clips: Int) -> TrainingBatch {
    let keys = (0..<clips).map { RandomKey(seed: 9, epoch: 1, position: $0) }
    return TrainingBatch(
      video: Matrix(Hashed.video(seed: "s", batch: clips), rows: clips, columns: Configuration.videoGrid.values),
      audio: Matrix(Hashed.audio(seed: "s", batch: clips), rows: clips, columns: Configuration.audioGrid.values),
      clips: keys, key: keys[0])
  }

  @Test func preTraining() throws {
    let toy = try ToyList(clips: 1)
    let published = try pretrainer(toy.pretraining(steps: 1))
    #expect(published.masks == PatchMasks() && published.contrastWeight == 0.0025)
    let own = try pretrainer(
      toy.pretraining(steps: 1) { settings in
        (settings.augmentation.maskVideo, settings.augmentation.maskAudio) = (0.5, 0.25)
        settings.objective.contrastWeight = 0.125
      })
    #expect(own.masks == PatchMasks(video: 0.5, audio: 0.25) && own.contrastWeight == 0.125)
    #expect(own.operations.threads == 2)
  }

  /// Training and validation hide alike: what the settings say, by the clips' own keys.
  @Test func bothHideWhatTheSettingsSay() throws {
    let toy = try ToyList(clips: 1)
    let learner = try pretrainer(
      toy.pretraining(steps: 1) { ($0.augmentation.maskVideo, $0.augmentation.maskAudio) = (0.5, 0.25) })
    let batch = batch(2)
    let mask = PatchMasks(video: 0.5, audio: 0.25).mask(batch.clips, .audioVideo)
    #expect(mask.video.hidden.count == 400 && mask.audio.hidden.count == 32)
    let wanted = learner.losses(video: batch.video, audio: batch.audio, mask: mask)
    #expect(try learner.losses(of: nil)(batch).video == wanted.video)
    let trained = learner.addGradients(batch, factor: 1)
    let again = learner.addGradients(video: batch.video, audio: batch.audio, mask: mask)
    #expect(trained.video == again.video && trained.audio == again.audio && trained.total == again.total)
  }

  @Test func fineTuning() throws {
    let toy = try ToyList(clips: 1)
    let plain = try finetuner(finetuning(toy) { $0.optimisation.dropPath = 0 })
    #expect(plain.layerDecay == 1 && plain.dropPath == 0)
    let entry = try #require(plain.parameters["encoder.patch_embed.proj.weight"])
    #expect(plain.rule(entry).rateFactor == 1)
    let own = try finetuner(
      finetuning(toy) { ($0.optimisation.layerDecay, $0.optimisation.dropPath) = (0.5, 0.9) })
    #expect(own.layerDecay == 0.5 && own.dropPath == 0.9)
    #expect(own.rule(entry).rateFactor < 0.5)
    let targets = Losses.targets(labels: [0, 2], classes: 3, smoothing: 0)
    let losses = [plain, own].map { $0.addGradients(batch(2), .classes(targets), factor: 1).total }
    #expect(losses[0] != losses[1])
  }

  /// A run puts them in: its loss has the contrast with its weight.
  @Test func aRunCountsTheContrastAsItIsTold() throws {
    let toy = try ToyList(clips: 4)
    let settings = try toy.pretraining(steps: 2) { $0.objective.contrastWeight = 0.5 }
    _ = try toy.run("run", settings).run()
    let steps = try toy.records("run").compactMap { if case .step(let step) = $0 { step } else { nil } }
    #expect(steps.count == 2)
    for step in steps {
      let (video, audio, contrast) = try (#require(step.video), #require(step.audio), #require(step.contrast))
      #expect(contrast > 0 && abs(step.loss - (video + audio + 0.5 * contrast)) < 1e-9)
    }
  }

  /// Each of them decides the weights.
  @Test func runsDiffer() throws {
    let toy = try ToyList(clips: 4)
    func weights(_ name: String, _ settings: RunSettings) throws -> [UInt8] {
      _ = try toy.run(name, settings).run()
      return [UInt8](try toy.bytes("\(name)/last/model.safetensors"))
    }
    let pretrained = try [
      weights("p0", toy.pretraining(steps: 2)),
      weights("p1", toy.pretraining(steps: 2) { $0.augmentation.maskVideo = 0.5 }),
      weights("p2", toy.pretraining(steps: 2) { $0.augmentation.maskAudio = 0.5 }),
    ]
    #expect(Set(pretrained).count == 3)
    let finetuned = try [
      weights("f0", finetuning(toy) { _ in }),
      weights("f1", finetuning(toy) { $0.optimisation.layerDecay = 0.5 }),
      weights("f2", finetuning(toy) { $0.optimisation.dropPath = 0 }),
    ]
    #expect(Set(finetuned).count == 3)
  }
}
