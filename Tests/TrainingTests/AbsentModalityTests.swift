import HiCMAE
import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training

@testable import HiCMAETraining

/// Training of a model with values that stand for an absent modality.
@Suite(.serialized) struct AbsentModalityTests {
  /// absent_*.json.
  struct Golden: Decodable {
    let seed: String
    let batch: Int
    let present: [String]
    let labels: [Int]
    let targets, logits: [[Double]]
    let crossEntropy, ccc: FineTuningGoldenTests.Golden.Case
    enum CodingKeys: String, CodingKey {
      case seed, batch, present, labels, targets, logits, ccc
      case crossEntropy = "cross_entropy_smoothing_0.1"
    }
  }

  private static var sizes: Configuration {
    var sizes = Configuration(dim: 64, videoDepth: 1, audioDepth: 2, fusionDepth: 1, outputs: 3)
    sizes.absentTokens = true
    return sizes
  }

  private static let present: [Modalities] = [.audio, .audioVideo, .video, .audioVideo, .audio, .audio, .video]

  /// Logits, losses and gradients beside values computed in float64 by another implementation.
  @Test func goldenValues() throws {
    let golden = try GoldenFile.read(Golden.self, "absent_odd.json", of: .module)
    let store = HashedStore(try GoldenFile.names("names_odd_absent.json", of: .module), seed: golden.seed)
    let configuration = try Configuration(inferredFrom: store)
    let learner = try FineTuningLearner(configuration, Weights(reading: store), threads: 2)
    let batch = HashedBatch(seed: golden.seed, batch: golden.batch)
    let targets = Matrix(
      FloatBuffer(golden.targets.flatMap { $0.map(Float.init) }), rows: golden.batch, columns: configuration.outputs)
    let classes = Losses.targets(labels: golden.labels, classes: configuration.outputs, smoothing: 0.1)
    let cases: [(String, Objective, FineTuningGoldenTests.Golden.Case)] = [
      ("cross-entropy", .classes(classes), golden.crossEntropy), ("1 − CCC", .concordance(targets), golden.ccc),
    ]
    for (name, objective, expected) in cases {
      learner.parameters.clearGradients()
      let (loss, logits) = learner.addGradients(
        video: batch.video, audio: batch.audio, present: golden.present.compactMap { Modalities($0) },
        objective: objective)
      var worst = WorstDifference()
      for (row, values) in golden.logits.enumerated() {
        for (column, value) in values.enumerated() {
          worst.see("logit \(row), \(column)", Double(logits[row, column]), value)
        }
      }
      #expect(worst.value < 2e-4, "\(name): \(worst)")
      let error = abs(loss / expected.loss - 1)
      #expect(error < 1e-4, "\(name): \(loss) instead of \(expected.loss)")
      let norms = compareNorms(learner.parameters, expected.gradientNorms)
      #expect(norms.value < 1e-3, "\(name): gradient norms, \(norms)")
      print("absent modalities, \(name): logits, \(worst); loss, relative: \(error); gradient norms: \(norms)")
    }
  }

  /// What is learned for the absent modality, and what meets it, has the gradient that differences of the loss say.
  @Test func gradientsAreDifferencesOfTheLoss() throws {
    let learner = try FineTuningLearner(Self.sizes, Weights(fresh: 5), threads: 2)
    // So small, they would turn to another direction within a step.
    for name in ["absent.video.token", "absent.audio.token"] {
      let entry = try #require(learner.parameters[name])
      for (place, value) in zip(entry.range, Hashed.values(name, count: 64).array) {
        learner.parameters.values.base[place] = value
      }
    }
    let batch = HashedBatch(seed: "differences", batch: 3)
    let targets = Losses.targets(labels: [2, 0, 1], classes: 3, smoothing: 0.1)
    let found = LossSlopes.worst(
      learner.parameters, of: ["absent.", "encoder_fusion.blocks.0.cross_attn", "blocks_audio.0.norm", "fc_norm"]
    ) {
      learner.addGradients(
        video: batch.video, audio: batch.audio, present: [.audio, .video, .audio], objective: .classes(targets)
      ).loss
    }
    #expect(found.value < 0.01, "\(found)")
    print("absent modalities, differences: \(found)")
  }

  /// A batch that processes share has the gradient of one that is not shared, bit for bit.
  @Test(arguments: [(1, 2), (2, 1)]) func aBatchIsShared(ranks: Int, slicesEach: Int) throws {
    let batch = HashedBatch(seed: "slices", batch: 7)
    let classes = Losses.targets(labels: [2, 0, 1, 1, 0, 2, 2], classes: 3, smoothing: 0.1)
    let dropping = DropPath(rate: 0.4, seed: 5)
    let whole = try FineTuningLearner(Self.sizes, Weights(fresh: 7), threads: 3)
    let (loss, logits) = whole.addGradients(
      video: batch.video, audio: batch.audio, present: Self.present, objective: .classes(classes), dropping: dropping)
    let answers = logits.array
    let sum = try FineTuningLearner(Self.sizes, Weights(fresh: 7)).parameters
    let found = SharedBatch.shared(
      clips: 7, ranks: ranks, slicesEach: slicesEach, perSlice: SlicedPass.clips, sum: sum
    ) { own, part in
      do {
        let learner = try FineTuningLearner(Self.sizes, Weights(fresh: 7), threads: 1 + own.lowerBound % 3)
        let (loss, logits) = learner.addGradients(
          video: batch.video.rows(own), audio: batch.audio.rows(own), present: Array(Self.present[own]),
          objective: .classes(classes.rows(own)), dropping: dropping, part: part)
        #expect(logits.array == Array(answers[3 * own.lowerBound..<3 * own.upperBound]))
        return SharedBatch.Found(gradients: SharedBatch.gradients(learner.parameters), loss: loss)
      } catch { preconditionFailure("\(error)") }
    }
    #expect(found.losses == [Double](repeating: loss, count: ranks))
    let isSame = found.gradients == SharedBatch.gradients(whole.parameters)
    #expect(isSame, "\(ranks) ranks")
  }

  /// A clip's logits are those of the model that is given what the clip has; rows of what it lacks are not looked at.
  @Test func clipsRestOnWhatTheyHave() throws {
    let batch = HashedBatch(seed: "slices", batch: 7)
    let learner = try FineTuningLearner(Self.sizes, Weights(fresh: 7))
    let classes = Losses.targets(labels: [2, 0, 1, 1, 0, 2, 2], classes: 3, smoothing: 0.1)
    for clip in 0..<7 {
      if !Self.present[clip].hasVideo { batch.video[clip, 17] = .nan }
      if !Self.present[clip].hasAudio { batch.audio[clip, 17] = .nan }
    }
    let logits = learner.addGradients(
      video: batch.video, audio: batch.audio, present: Self.present, objective: .classes(classes)
    ).logits.array
    #expect(learner.bad == nil)
    let inference = Inference(model: learner.model)
    var worst = WorstDifference()
    for (clip, has) in Self.present.enumerated() {
      let alone = inference.logits(
        video: has.hasVideo ? batch.video.rows(clip..<clip + 1).array : nil,
        audio: has.hasAudio ? batch.audio.rows(clip..<clip + 1).array : nil)
      for (place, value) in alone.enumerated() {
        worst.see("clip \(clip), logit \(place)", Double(logits[clip * 3 + place]), Double(value))
      }
    }
    #expect(worst.value < 1e-5, "\(worst)")
  }

  /// Whether a clip loses a modality follows from its key alone. Both chances are what was asked, and no clip loses both.
  @Test func dropoutFollowsTheKeys() throws {
    let dropout = ModalityDropout(0.3)
    func batch(_ positions: [Int], epoch: Int = 0, seed: UInt64 = 3) -> TrainingBatch {
      let clips = positions.map { RandomKey(seed: seed, epoch: epoch, position: $0) }
      return TrainingBatch(
        video: Matrix(rows: positions.count, columns: 1), audio: Matrix(rows: positions.count, columns: 1),
        clips: clips,
        key: RandomKey(seed: seed, epoch: epoch, position: 0))
    }
    let all = Array(0..<4000)
    let present = dropout.present(batch(all))
    for wanted in [Modalities.audio, .video] {
      let share = Double(present.count { $0 == wanted }) / 4000
      // A standard deviation is 0.007.
      #expect(abs(share - 0.3) < 0.03, "\(wanted): \(share)")
    }
    #expect(present.allSatisfy { !$0.isEmpty })
    #expect(dropout.present(batch([3999, 7])) == [present[3999], present[7]])
    #expect(dropout.present(batch(all, epoch: 1)) != present && dropout.present(batch(all, seed: 4)) != present)
    #expect(ModalityDropout(0).present(batch(all)).allSatisfy { $0 == .audioVideo })
    #expect(ModalityDropout(0.5).present(batch(all)).allSatisfy { $0 != .audioVideo })
    // What a clip has alone, it keeps.
    var incomplete = batch(all)
    incomplete.present = all.map { $0 % 2 == 0 ? .audio : .video }
    #expect(dropout.present(incomplete) == incomplete.present)
  }

  /// A run's learner leaves modalities out of its batches; the same key gives the same gradient.
  @Test func aLearnerDropsModalities() throws {
    let hashed = HashedBatch(seed: "slices", batch: 4)
    let classes = Losses.targets(labels: [2, 0, 1, 1], classes: 3, smoothing: 0.1)
    func gradients(_ epoch: Int, dropout: Double) throws -> [[Float]] {
      var settings = FineTuningSettings()
      settings.modalityDropout = dropout
      let fresh = Weights(fresh: 7)
      _ = try HiCMAEModel(Self.sizes, fresh)
      let learner = try Self.sizes.learner(fresh.store, settings)
      let batch = TrainingBatch(
        video: hashed.video, audio: hashed.audio,
        clips: (0..<4).map { RandomKey(seed: 0, epoch: epoch, position: $0) },
        key: RandomKey(seed: 0, epoch: epoch, position: 0))
      _ = learner.addGradients(batch, .classes(classes), factor: 1)
      return SharedBatch.gradients(learner.parameters)
    }
    let (first, again, other) = try (gradients(0, dropout: 0.5), gradients(0, dropout: 0.5), gradients(1, dropout: 0.5))
    #expect(first == again && first != other)
    // Without it nothing is absent, and what stands for it has no gradient.
    var names: [String] = []
    for (gradient, entry) in zip(
      try gradients(0, dropout: 0), try FineTuningLearner(Self.sizes, Weights(fresh: 7)).parameters.entries)
    where gradient.allSatisfy({ $0 == 0 }) { names.append(entry.name) }
    #expect(names.filter { $0.hasPrefix("absent.") }.count == 4, "\(names)")
  }

  /// The values are taken from a model that has them; beside a head that is taken they may be fresh.
  @Test func startsFromModelsWithAndWithoutThem() throws {
    var plain = Self.sizes
    plain.absentTokens = false
    func trained(_ sizes: Configuration) throws -> any TensorStore {
      let weights = Weights(fresh: 2)
      _ = try HiCMAEModel(sizes, weights)
      return weights.store
    }
    let token = "absent.audio.token"
    let with = try trained(Self.sizes)
    for takesHead in [false, true] {
      let start = try FineTuningStart(from: with, to: Self.sizes, seed: 9, takingHead: takesHead)
      #expect(try start.values(of: token).array == with.values(of: token).array)
    }
    let without = try trained(plain)
    let start = try FineTuningStart(from: without, to: Self.sizes, seed: 9, takingHead: true)
    #expect(try start.values(of: "head.weight").array == without.values(of: "head.weight").array)
    #expect(try start.values(of: token).array.contains { $0 != 0 })
    let less = try FineTuningStart(from: with, to: plain, seed: 9, takingHead: true)
    #expect(!less.names.contains { $0.hasPrefix("absent.") })
  }
}
