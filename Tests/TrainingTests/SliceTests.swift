import Foundation
import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import TestSupport
import Testing
import Training

/// A batch that is shared has the gradient of one that is not, bit for bit.
@Suite(.serialized) struct SliceTests {
  private static let backbone = Configuration(dim: 64, videoDepth: 2, audioDepth: 2, fusionDepth: 1, outputs: 0)
  private static let sizes = PretrainingConfiguration(backbone: backbone, decoderDim: 64)
  private static let tuned = Configuration(dim: 64, videoDepth: 1, audioDepth: 2, fusionDepth: 1, outputs: 3)

  /// Clips of a slice, ranks, and slices of a rank, for 7 clips.
  private static let shares = [(1, 1, 8), (1, 2, 4), (1, 4, 2), (2, 1, 4), (2, 2, 2), (2, 4, 1)]

  @Test(arguments: shares) func preTrainingIsShared(clips: Int, ranks: Int, slicesEach: Int) throws {
    let batch = HashedBatch(seed: "slices", batch: 7)
    let whole = try PretrainingLearner(Self.sizes, Weights(fresh: 7), threads: 2, clipsPerSlice: clips)
    let losses = whole.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask, factor: 0.5)
    #expect(losses.contrast > 0)
    let sum = try PretrainingLearner(Self.sizes, Weights(fresh: 7)).parameters
    let found = SharedBatch.shared(
      clips: batch.video.rows, ranks: ranks, slicesEach: slicesEach, perSlice: clips, sum: sum
    ) { own, part in
      do {
        let learner = try PretrainingLearner(
          Self.sizes, Weights(fresh: 7), threads: 1 + own.lowerBound % 3, clipsPerSlice: clips)
        let losses = learner.addGradients(
          video: batch.video.rows(own), audio: batch.audio.rows(own), mask: batch.mask.clips(own), factor: 0.5,
          part: part)
        return SharedBatch.Found(gradients: SharedBatch.gradients(learner.parameters), loss: losses.total)
      } catch { preconditionFailure("\(error)") }
    }
    #expect(found.losses == [Double](repeating: losses.total, count: ranks))
    let isSame = found.gradients == SharedBatch.gradients(whole.parameters)
    #expect(isSame, "\(ranks) ranks, slices of \(clips)")
  }

  @Test(arguments: shares) func fineTuningIsShared(clips: Int, ranks: Int, slicesEach: Int) throws {
    let batch = HashedBatch(seed: "slices", batch: 7)
    let classes = Losses.targets(labels: [2, 0, 1, 1, 0, 2, 2], classes: 3, smoothing: 0.1)
    let dropping = DropPath(rate: 0.4, seed: 5)
    @Sendable func objective(_ isConcordance: Bool, _ own: Range<Int>) -> Objective {
      isConcordance ? .concordance(classes.rows(own)) : .classes(classes.rows(own))
    }
    for isConcordance in [false, true] {
      let whole = try FineTuningLearner(Self.tuned, Weights(fresh: 7), threads: 3, clipsPerSlice: clips)
      let (loss, logits) = whole.addGradients(
        video: batch.video, audio: batch.audio, objective: objective(isConcordance, 0..<7), dropping: dropping)
      let answers = logits.array
      let sum = try FineTuningLearner(Self.tuned, Weights(fresh: 7)).parameters
      let found = SharedBatch.shared(
        clips: batch.video.rows, ranks: ranks, slicesEach: slicesEach, perSlice: clips, sum: sum
      ) { own, part in
        do {
          let learner = try FineTuningLearner(
            Self.tuned, Weights(fresh: 7), threads: 1 + own.lowerBound % 3, clipsPerSlice: clips)
          let (loss, logits) = learner.addGradients(
            video: batch.video.rows(own), audio: batch.audio.rows(own), objective: objective(isConcordance, own),
            dropping: dropping,
            part: part)
          #expect(logits.array == Array(answers[3 * own.lowerBound..<3 * own.upperBound]))
          return SharedBatch.Found(gradients: SharedBatch.gradients(learner.parameters), loss: loss)
        } catch { preconditionFailure("\(error)") }
      }
      #expect(found.losses == [Double](repeating: loss, count: ranks))
      let isSame = found.gradients == SharedBatch.gradients(whole.parameters)
      #expect(isSame, "\(ranks) ranks, slices of \(clips), concordance: \(isConcordance)")
    }
  }

  /// How a batch is cut changes last bits only, and threads none.
  @Test func slicesChangeLastBitsOnly() throws {
    let batch = HashedBatch(seed: "slices", batch: 5)
    func gradients(_ clips: Int, threads: Int) throws -> [[Float]] {
      let learner = try PretrainingLearner(Self.sizes, Weights(fresh: 7), threads: threads, clipsPerSlice: clips)
      _ = learner.addGradients(video: batch.video, audio: batch.audio, mask: batch.mask)
      return SharedBatch.gradients(learner.parameters)
    }
    let whole = try gradients(5, threads: 1)
    for clips in [1, 2] {
      let cut = try gradients(clips, threads: 1)
      var worst = WorstDifference()
      for (index, (a, b)) in zip(cut, whole).enumerated() {
        let norm = b.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        for (x, y) in zip(a, b) { worst.see("\(index)", Double(x), Double(y), difference: abs(Double(x - y)) / norm) }
      }
      #expect(worst.value < 1e-5, "\(worst)")
      let isSame = try gradients(clips, threads: 3) == cut
      #expect(isSame && cut != whole)
    }
  }
}
