import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training

@testable import VAVL
@testable import VAVLTraining

/// Clips of light encoders that have fewer steps than a window: stills, and clips of which some frames are taken.
@Suite struct ShortClipTests {
  private static var sizes: VAVLSizes {
    var sizes = VAVLSizes(
      width: 16, attentionHeads: 2, video: .light(channels: [4, 4]), audio: .light(channels: [4, 4]))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes) = (1, 1, 3, 3)
    return sizes
  }

  private static func inputs(_ clips: Int) -> (video: Matrix, audio: Matrix) {
    let (video, audio) = (VAVLSizes.pictureGrid.values, VAVLSizes.spectrogramGrid.values)
    return (
      Matrix(Hashed.values("video", count: clips * video), rows: clips, columns: video),
      Matrix(Hashed.values("audio", count: clips * audio), rows: clips, columns: audio)
    )
  }

  @Test(arguments: Modality.allCases) func stepsThatDoNotCountAreNotLookedAt(modality: Modality) throws {
    let model = try VAVLModel(Self.sizes, Weights(fresh: 3))
    let operations = Operations(threads: 1)
    let inputs = Self.inputs(3)
    let x = modality == .video ? inputs.video : inputs.audio
    let branch = try #require(model.branch(modality))
    let lengths = [1, 16, 7]
    let found = model.summary(x, lengths: lengths, modality, operations).array
    // The same with every step computed, and padding up to the window's end.
    let tokens = branch.projected(model.features(x, modality, training: nil, operations), operations)
    let sequences = PaddedSequences(tokens: branch.steps, lengths: lengths)
    let whole = model.summary(tokens: tokens, sequences, branch, training: nil, operations).array
    let worst = zip(found, whole).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5, "\(modality): \(worst)")
    // What stands behind a clip's steps does not matter.
    let steps = (VAVLSizes.frames, VAVLSizes.rows / VAVLSizes.blockRows)
    #expect(branch.steps == (modality == .video ? steps.0 : steps.1))
    for row in [0, 2] {
      let values = x.columns / (modality == .video ? 3 : 1)
      for channel in 0..<x.columns / values {
        for value in values * lengths[row] / branch.steps..<values {
          x.base[row * x.rowStride + channel * values + value] = 9
        }
      }
    }
    #expect(model.summary(x, lengths: lengths, modality, operations).array == found)
  }

  /// The gradient of everything that is trained, against differences of the loss, also through batch normalisation.
  @Test func gradientsOfStillsAreDerivatives() throws {
    let learner = try VAVLLearner(Self.sizes, Weights(fresh: 5))
    (learner.dropout, learner.jointReaches) = (0, true)
    let inputs = Self.inputs(3)
    var batch = TrainingBatch(
      video: inputs.video, audio: inputs.audio, clips: (0..<3).map { RandomKey(seed: 0, epoch: 0, position: $0) },
      key: RandomKey(seed: 1, epoch: 2, position: 3))
    batch.present = [.video, .audioVideo, .video]
    (batch.videoLengths, batch.audioLengths) = ([1, 5, 1], [32, 9, 32])
    let targets = Losses.targets(labels: [0, 1, 2], classes: 3, smoothing: 0.1)
    func loss() -> Double {
      learner.parameters.clearGradients()
      return learner.addGradients(batch, .classes(targets)).total
    }
    _ = loss()
    let parameters = learner.parameters
    let found = parameters.gradients.array
    let gradients = parameters.entries.map { ($0, Array(found[$0.range])) }
    var errors: [Double] = []
    for (entry, gradient) in gradients where learner.rule(entry).rateFactor > 0 {
      // The value whose gradient is largest: differences of the others drown in rounding.
      let index = gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) }!
      guard abs(gradient[index]) > 2e-3 else { continue }
      let value = parameters.values.base + entry.range.lowerBound + index
      let (kept, step) = (value.pointee, Float(2e-3))
      value.pointee = kept + step
      let above = loss()
      value.pointee = kept - step
      let below = loss()
      value.pointee = kept
      let difference = (above - below) / Double(2 * step)
      errors.append(abs(difference - Double(gradient[index])) / max(abs(difference), 0.05))
    }
    // A difference may step over the bend of a ReLU, and then says nothing.
    let far = errors.filter { $0 > 0.03 }.count
    #expect(errors.count > 100 && far * 20 < errors.count, "\(far) of \(errors.count): \(errors.max() ?? 0)")
  }
}
