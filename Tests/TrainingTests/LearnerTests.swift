import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import TestSupport
import Testing
import Training

/// Whole batches on a small model.
@Suite(.serialized) struct LearnerTests {
  static let backbone = Configuration(dim: 64, videoDepth: 4, audioDepth: 4, fusionDepth: 1, outputs: 0)
  static let tuned = Configuration(dim: 64, videoDepth: 2, audioDepth: 3, fusionDepth: 1, outputs: 3)

  private func bits(_ buffer: FloatBuffer) -> [UInt32] { buffer.array.map(\.bitPattern) }

  private func pretraining(threads: Int = 1, skips: Bool = true, seed: UInt64 = 7) throws -> PretrainingLearner {
    try PretrainingLearner(
      PretrainingConfiguration(backbone: Self.backbone, decoderDim: 64, skips: skips), Weights(fresh: seed),
      threads: threads)
  }

  /// The same weights after two steps with 1, 2 and 3 threads, bit for bit.
  @Test func threadsDoNotMatter() throws {
    let batch = HashedBatch(seed: "threads", batch: 2)
    let pretrained = try (1...3).map { threads in
      let learner = try pretraining(threads: threads)
      let optimiser = AdamW(learner.parameters, beta2: 0.95, rule: UpdateRule.pretraining)
      for _ in 0..<2 {
        learner.parameters.clearGradients()
        _ = learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
        optimiser.step(rate: 1e-3, learner.operations)
      }
      return bits(learner.parameters.values)
    }
    #expect(pretrained[0] == pretrained[1] && pretrained[0] == pretrained[2])
    #expect(pretrained[0] != bits(try pretraining().parameters.values))

    let targets = Losses.targets(labels: [2, 0], classes: 3, smoothing: 0.1)
    let tuned = try (1...2).map { threads in
      let learner = try FineTuningLearner(Self.tuned, Weights(fresh: 7), threads: threads)
      let optimiser = AdamW(learner.parameters, beta2: 0.999) { .fineTuning($0, Self.tuned) }
      for _ in 0..<2 {
        learner.parameters.clearGradients()
        _ = learner.addGradients(video: batch.video, audio: batch.audio, objective: .classes(targets))
        optimiser.step(rate: 1e-3, learner.operations)
      }
      return bits(learner.parameters.values)
    }
    #expect(tuned[0] == tuned[1])
  }

  /// In bf16 loss and gradient are those of f32 but for its rounding (2⁻⁹ a value), and threads do not matter either.
  @Test(.enabled(if: Precision.bf16.running() == .bf16, "this processor has bf16")) func bf16IsNear() throws {
    let batch = HashedBatch(seed: "bf16", batch: 2)
    func trained(_ precision: Precision, threads: Int) throws -> (loss: Double, gradient: [Float]) {
      let learner = try PretrainingLearner(
        PretrainingConfiguration(backbone: Self.backbone, decoderDim: 64), Weights(fresh: 7), threads: threads,
        precision: precision)
      let losses = learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
      return (losses.total, learner.parameters.gradients.array)
    }
    let (exact, near) = (try trained(.f32, threads: 1), try trained(.bf16, threads: 1))
    #expect(abs(near.loss / exact.loss - 1) < 1e-3, "\(near.loss) for \(exact.loss)")
    func norm(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }
    let apart = norm(zip(near.gradient, exact.gradient).map { $0 - $1 }) / norm(exact.gradient)
    #expect(apart > 1e-5 && apart < 0.02, "gradients are \(apart) apart")
    #expect(try trained(.bf16, threads: 2).gradient == near.gradient)
  }

  /// Without contrast, which compares clips, a batch's gradient is the mean of its clips': so batches can be gathered.
  @Test func batchesAreMeans() throws {
    let batch = HashedBatch(seed: "means", batch: 2)
    let (together, gathered) = (try pretraining(), try pretraining())
    (together.contrastWeight, gathered.contrastWeight) = (0, 0)
    let all = together.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
    var total = 0.0
    for clip in 0..<2 {
      func places(_ choice: TokenChoice) -> [Int] {
        Array(choice.places[clip * choice.count..<(clip + 1) * choice.count])
      }
      let mask = PretrainingMask(
        hiddenTubes: [places(batch.mask.video.hidden).filter { $0 < 100 }], audio: [places(batch.mask.audio.hidden)])
      total +=
        gathered.addGradients(
          video: batch.video.rows(clip..<clip + 1), audio: batch.audio.rows(clip..<clip + 1), mask: mask, factor: 0.5
        ).total / 2
    }
    #expect(abs(all.total - total) < 1e-6 * total)
    var worst = WorstDifference()
    for entry in together.parameters.entries {
      let norm = together.parameters.gradientNorm(entry)
      for place in entry.range {
        let (found, truth) = (
          Double(gathered.parameters.gradients.base[place]), Double(together.parameters.gradients.base[place])
        )
        worst.see("\(entry.name) at \(place)", found, truth, difference: abs(found - truth) / norm)
      }
    }
    #expect(worst.value < 1e-5, "\(worst)")
  }

  /// What is trained is what runs: the same logits, bit for bit, from the live path.
  @Test func theModelThatRunsLive() throws {
    let batch = HashedBatch(seed: "live", batch: 2)
    let learner = try FineTuningLearner(Self.tuned, Weights(fresh: 7), threads: 2)
    let targets = Losses.targets(labels: [1, 2], classes: 3, smoothing: 0)
    let (_, logits) = learner.addGradients(video: batch.video, audio: batch.audio, objective: .classes(targets))
    let recognised = FloatBuffer(count: 6)
    let model = try HiCMAEModel(reading: learner.parameters.store)
    Inference(model: model).logits(video: batch.video.buffer, audio: batch.audio.buffer, into: recognised)
    #expect(logits.array.map(\.bitPattern) == bits(recognised))
  }

  /// After the first batch no memory is taken, and what was there does not matter.
  @Test func batchesLeaveNothingBehind() throws {
    let batch = HashedBatch(seed: "memory", batch: 2)
    let learner = try pretraining(threads: 2)
    func gradients() -> [UInt32] {
      learner.parameters.clearGradients()
      _ = learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
      return bits(learner.parameters.gradients)
    }
    let first = gradients()
    let growth = learner.operations.arena.growth
    #expect(gradients() == first && gradients() == first)
    #expect(learner.operations.arena.growth == growth)
  }

  /// Steps on one batch make its loss smaller.
  @Test func learns() throws {
    let batch = HashedBatch(seed: "learns", batch: 2)
    let learner = try pretraining(threads: 2)
    let optimiser = AdamW(learner.parameters, beta2: 0.95, rule: UpdateRule.pretraining)
    var losses: [Double] = []
    for _ in 0..<6 {
      learner.parameters.clearGradients()
      losses.append(learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask).total)
      optimiser.step(rate: 1e-3, learner.operations)
    }
    #expect(losses[5] < 0.9 * losses[0], "\(losses)")
  }

  /// Each of the paper's hierarchical parts can be left out, and is missed by the right parameters.
  @Test func ablations() throws {
    let batch = HashedBatch(seed: "ablations", batch: 2)
    func run(_ learner: PretrainingLearner) -> PretrainingLosses {
      learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
    }
    let (whole, plain, silent) = (try pretraining(), try pretraining(skips: false), try pretraining())
    silent.contrastWeight = 0
    let (all, noSkips, noContrast) = (run(whole), run(plain), run(silent))

    #expect(all.contrast > 0 && noContrast.contrast == 0)
    #expect(noContrast.video == all.video)
    #expect(try noContrast.total == #require(all.video) + #require(all.audio))
    #expect(silent.parameters.gradientNorm != whole.parameters.gradientNorm)

    #expect(whole.parameters["decoder.blocks.1.cross_attn.q.weight"] != nil)
    #expect(plain.parameters.entries.allSatisfy { !$0.name.hasPrefix("decoder") || !$0.name.contains("cross") })
    #expect(noSkips.contrast == all.contrast && noSkips.video != all.video)
    // A checkpoint without skips says so by its names.
    #expect(try Pretraining(reading: plain.parameters.store).configuration == plain.model.configuration)
    // Everything that is left learns something.
    for learner in [whole, plain, silent] {
      for entry in learner.parameters.entries { #expect(learner.parameters.gradientNorm(entry) > 0, "\(entry.name)") }
    }
  }

  @Test func withoutLayerFusion() throws {
    let batch = HashedBatch(seed: "fusion", batch: 2)
    var last = Self.tuned
    last.layerFusion = false
    let learner = try FineTuningLearner(last, Weights(fresh: 7))
    let whole = try FineTuningLearner(Self.tuned, Weights(fresh: 7))
    let targets = Losses.targets(labels: [1, 2], classes: 3, smoothing: 0)
    let (loss, _) = learner.addGradients(video: batch.video, audio: batch.audio, objective: .classes(targets))
    let (other, _) = whole.addGradients(video: batch.video, audio: batch.audio, objective: .classes(targets))
    #expect(loss != other)
    #expect(learner.parameters["video_layer_weights"] == nil && whole.parameters["video_layer_weights"] != nil)
    for entry in learner.parameters.entries { #expect(learner.parameters.gradientNorm(entry) > 0, "\(entry.name)") }
    #expect(try HiCMAEModel(reading: learner.parameters.store).configuration == last)
  }

  /// Branches are left out by the seed alone, and the first block of a stack keeps all of its own.
  @Test func dropPath() throws {
    let batch = HashedBatch(seed: "drop", batch: 2)
    let targets = Losses.targets(labels: [1, 2], classes: 3, smoothing: 0)
    let learner = try FineTuningLearner(Self.tuned, Weights(fresh: 7), threads: 2)
    func run(_ dropping: DropPath?) -> (loss: Double, gradients: [UInt32]) {
      learner.parameters.clearGradients()
      let (loss, _) = learner.addGradients(
        video: batch.video, audio: batch.audio, objective: .classes(targets), dropping: dropping)
      return (loss, bits(learner.parameters.gradients))
    }
    let whole = run(nil)
    #expect(run(DropPath(rate: 0, seed: 1)).gradients == whole.gradients)
    let one = run(DropPath(rate: 0.5, seed: 1))
    #expect(run(DropPath(rate: 0.5, seed: 1)).gradients == one.gradients)
    #expect(one.loss != whole.loss && run(DropPath(rate: 0.5, seed: 2)).loss != one.loss)

    // Nearly everything left out: what the last blocks would learn is gone, the first ones' is not.
    _ = run(DropPath(rate: 0.999_999, seed: 1))
    func norm(_ name: String) throws -> Double {
      learner.parameters.gradientNorm(try #require(learner.parameters[name]))
    }
    #expect(try norm("encoder.blocks.1.attn.proj.weight") == 0 && norm("encoder.blocks.1.mlp.fc1.weight") == 0)
    #expect(try norm("encoder.blocks.0.attn.proj.weight") > 0 && norm("encoder.blocks.0.mlp.fc1.weight") > 0)
    #expect(DropPath(rate: 0.1, seed: 1).ramp(9, of: 10)?.rate == 0.1)
    #expect(DropPath(rate: 0.1, seed: 1).ramp(0, of: 10) == nil && DropPath(rate: 0.1, seed: 1).ramp(0, of: 1) == nil)
  }

  /// The first of what is not finite is named: the input, a parameter, what is computed with one.
  @Test func notANumberIsNamed() throws {
    let batch = HashedBatch(seed: "nan", batch: 1)
    let learner = try FineTuningLearner(Self.tuned, Weights(fresh: 7))
    let targets = Losses.targets(labels: [1], classes: 3, smoothing: 0)
    func bad() -> TrainingDiverged.Place? {
      learner.parameters.clearGradients()
      _ = learner.addGradients(video: batch.video, audio: batch.audio, objective: .classes(targets))
      #expect((learner.bad == nil) == (learner.parameters.firstBadGradient == nil))
      return learner.bad
    }
    #expect(bad() == nil)
    for name in ["encoder_audio.blocks.0.mlp.fc2.weight", "head.bias"] {
      let place = try #require(learner.parameters[name]?.range.upperBound) - 1
      let values = learner.parameters.values.base
      let before = values[place]
      values[place] = .nan
      #expect(bad() == .value(of: name))
      values[place] = before
    }
    // Weights that are finite, and whose product is not.
    let large = "encoder.blocks.1.mlp.fc2.weight"
    let range = try #require(learner.parameters[large]?.range)
    let before = Array(range.map { learner.parameters.values.base[$0] })
    for place in range { learner.parameters.values.base[place] = 3e38 }
    #expect(bad() == .result(of: large))
    for (place, value) in zip(range, before) { learner.parameters.values.base[place] = value }
    batch.audio.base[9] = .nan
    #expect(bad() == .input)
    #expect(learner.parameters.firstBadGradient != nil)
  }
}
