import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training
import VAVL
import VAVLTraining

/// A batch of clips that may lack a modality has the same gradient, loss and running moments whether it is shared or not, bit
/// for bit.
@Suite(.serialized) struct VAVLSliceTests {
  private static var sizes: VAVLSizes {
    var sizes = VAVLSizes(
      width: 16, attentionHeads: 2, video: .features(width: 5, steps: 6), audio: .features(width: 7, steps: 4))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes, sizes.attributes) = (1, 1, 3, 3, 2)
    return sizes
  }

  private static let present: [Modalities] = [
    .audio, .audioVideo, .video, .audioVideo, .audioVideo, .audio, .audio, .audio, .audio, .audioVideo, .video,
  ]

  private static func batch(_ clips: Range<Int>) -> TrainingBatch {
    let all = present.count
    let video = Matrix(Hashed.values("video", count: all * 30), rows: all, columns: 30)
    let audio = Matrix(Hashed.values("audio", count: all * 28), rows: all, columns: 28)
    var batch = TrainingBatch(
      video: video.rows(clips), audio: audio.rows(clips),
      clips: clips.map { RandomKey(seed: 0, epoch: 0, position: $0) }, key: RandomKey(seed: 1, epoch: 2, position: 3))
    batch.present = Array(present[clips])
    batch.videoLengths = clips.map { 1 + $0 % 6 }
    return batch
  }

  private static func objective(_ clips: Range<Int>) -> Objective {
    let classes = Losses.targets(
      labels: present.indices.map { $0 % 3 }, classes: 3, smoothing: 0.1)
    let attributes = Matrix(Hashed.values("truth", count: present.count * 2), rows: present.count, columns: 2)
    return .tasks(classification: .classes(classes.rows(clips)), regression: .concordance(attributes.rows(clips)))
  }

  @Test(arguments: [(1, 3), (2, 2), (3, 1)]) func isShared(ranks: Int, slicesEach: Int) throws {
    let all = 0..<Self.present.count
    let whole = try VAVLLearner(Self.sizes, Weights(fresh: 7), threads: 2)
    whole.jointReaches = true
    let losses = whole.addGradients(Self.batch(all), Self.objective(all), factor: 0.5)
    #expect(losses.video != nil && losses.audio != nil)
    let sum = try VAVLLearner(Self.sizes, Weights(fresh: 7)).parameters
    let found = SharedBatch.shared(
      clips: all.count, ranks: ranks, slicesEach: slicesEach, perSlice: SlicedPass.clips, sum: sum
    ) { own, part in
      do {
        let learner = try VAVLLearner(Self.sizes, Weights(fresh: 7), threads: 1 + own.lowerBound % 3)
        learner.jointReaches = true
        let losses = learner.addGradients(Self.batch(own), Self.objective(own), factor: 0.5, part: part)
        return SharedBatch.Found(
          gradients: SharedBatch.gradients(learner.parameters), loss: losses.total,
          values: learner.parameters.values.array)
      } catch { preconditionFailure("\(error)") }
    }
    #expect(found.losses == [Double](repeating: losses.total, count: ranks))
    let isSame = found.gradients == SharedBatch.gradients(whole.parameters)
    #expect(isSame, "\(ranks) ranks")
    let moved = found.values.allSatisfy { $0 == whole.parameters.values.array }
    #expect(moved, "running moments of \(ranks) ranks")
    #expect(whole.parameters.values.array != sum.values.array)
  }

  /// Dropout has the chances of the batch's key: the same key the same gradient, another key another one.
  @Test func dropoutFollowsTheKey() throws {
    let clips = 0..<4
    func gradients(_ epoch: Int, dropout: Double) throws -> [[Float]] {
      let learner = try VAVLLearner(Self.sizes, Weights(fresh: 7))
      learner.dropout = dropout
      var batch = Self.batch(clips)
      batch.key.epoch = epoch
      _ = learner.addGradients(batch, Self.objective(clips))
      return SharedBatch.gradients(learner.parameters)
    }
    let first = try gradients(0, dropout: 0.1)
    let (again, other, none) = try (gradients(0, dropout: 0.1), gradients(1, dropout: 0.1), gradients(0, dropout: 0))
    #expect(first == again && first != other && first != none)
  }

  /// Batch normalisation looks at the clips of a slice, so another number of them is another training; the usual number is the
  /// one that is taken where nobody says it.
  @Test func sliceIsASetting() throws {
    let clips = 0..<Self.present.count
    func trained(_ slice: Int?) throws -> (gradients: [[Float]], values: [Float], total: Double) {
      let fresh = Weights(fresh: 7)
      _ = try VAVLModel(Self.sizes, fresh)
      var settings = FineTuningSettings()
      settings.clipsPerSlice = slice ?? settings.clipsPerSlice
      let learner = try #require(try Self.sizes.learner(fresh.store, settings) as? VAVLLearner)
      let losses = learner.addGradients(Self.batch(clips), Self.objective(clips), factor: 1)
      return (SharedBatch.gradients(learner.parameters), learner.parameters.values.array, losses.total)
    }
    let usual = try trained(nil)
    let same = try trained(SlicedPass.clips)
    #expect(usual.gradients == same.gradients && usual.values == same.values && usual.total == same.total)
    for slice in [2, 11] {
      let other = try trained(slice)
      #expect(other.gradients != usual.gradients && other.total != usual.total, "slices of \(slice)")
      // The values that this step moves are running moments.
      #expect(other.values != usual.values && other.total.isFinite, "slices of \(slice)")
    }
    // More than there are clips: one slice, as the batch is.
    let (all, more) = try (trained(11), trained(64))
    #expect(all.gradients == more.gradients && all.values == more.values)
  }
}
