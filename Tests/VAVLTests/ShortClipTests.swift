import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training

@testable import VAVL
@testable import VAVLTraining

/// Clips of which some frames stand for the rest: stills, and clips of which some frames are shown.
@Suite struct ShortClipTests {
  private static var sizes: VAVLSizes {
    var sizes = VAVLSizes(
      width: 16, attentionHeads: 2, video: .light(channels: [4, 4]), audio: .light(channels: [4, 4]))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes) = (1, 1, 3, 3)
    return sizes
  }

  private static func video(_ clips: Int) -> Matrix {
    let values = VAVLSizes.pictureGrid.values
    return Matrix(Hashed.values("video", count: clips * values), rows: clips, columns: values)
  }

  /// The same clips with the frames written out that others stand for.
  private static func written(_ x: Matrix, _ counts: [Int]) -> Matrix {
    let (frames, area) = (VAVLSizes.frames, VAVLSizes.side * VAVLSizes.side)
    let y = Matrix(rows: x.rows, columns: x.columns)
    for (clip, count) in counts.enumerated() {
      for colour in 0..<3 {
        for frame in 0..<frames {
          let from = x.base + clip * x.rowStride + (colour * frames + frame * count / frames) * area
          (y.base + clip * y.rowStride + (colour * frames + frame) * area).update(from: from, count: area)
        }
      }
    }
    return y
  }

  @Test func framesThatStandForOthersAreAsIfTheyWereThere() throws {
    let model = try VAVLModel(Self.sizes, Weights(fresh: 3))
    let operations = Operations(threads: 1)
    let (x, counts) = (Self.video(4), [1, 16, 8, 5])
    func summary(_ features: Matrix) -> [Float] {
      model.summary(features: features, .video, training: nil, operations).array
    }
    let found = summary(model.features(x, first: counts, .video, training: nil, operations))
    let whole = summary(model.features(Self.written(x, counts), .video, training: nil, operations))
    let worst = zip(found, whole).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5, "\(worst)")
    // What stands behind a clip's own frames does not matter.
    for clip in [0, 3] {
      for colour in 0..<3 {
        for value in counts[clip] * 25600..<16 * 25600 {
          x.base[clip * x.rowStride + colour * 16 * 25600 + value] = .nan
        }
      }
    }
    #expect(summary(model.features(x, first: counts, .video, training: nil, operations)) == found)
    let targets = Self.sizes.reconstructionTarget(
      x, x, lengths: [16, 16, 16, 16], frames: counts, .video, operations)
    let first = Self.sizes.reconstructionTarget(
      Self.written(x, counts), x, lengths: [16, 16, 16, 16], .video, operations)
    // Of 16 frames that five stand for, one stands for four.
    for clip in 0..<3 {
      #expect((0..<targets.columns).allSatisfy { abs(targets[clip, $0] - first[clip, $0]) < 1e-5 }, "clip \(clip)")
    }
  }

  /// The gradient of everything that is trained, against differences of the loss, also through batch normalisation.
  @Test func gradientsOfStillsAreDerivatives() throws {
    let learner = try VAVLLearner(Self.sizes, Weights(fresh: 5))
    (learner.dropout, learner.jointReaches) = (0, true)
    let audio = VAVLSizes.spectrogramGrid.values
    var batch = TrainingBatch(
      video: Self.video(3), audio: Matrix(Hashed.values("audio", count: 3 * audio), rows: 3, columns: audio),
      clips: (0..<3).map { RandomKey(seed: 0, epoch: 0, position: $0) },
      key: RandomKey(seed: 1, epoch: 2, position: 3))
    batch.present = [.video, .audioVideo, .video]
    batch.videoFrames = [1, 5, 1]
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
