import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training
import VAVL
import VAVLTraining

/// Offsets that the loss adds to logits (logit adjustment).
@Suite struct LogitOffsetTests {
  private static var sizes: VAVLSizes {
    var sizes = VAVLSizes(
      width: 16, attentionHeads: 2, video: .features(width: 5, steps: 6), audio: .features(width: 7, steps: 4))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes, sizes.reconstructs) = (1, 1, 3, 3, false)
    return sizes
  }

  private func gradients(_ offsets: [Modalities: [Float]]) throws -> (loss: Double, of: [String: [Float]]) {
    let learner = try VAVLLearner(Self.sizes, Weights(fresh: 7))
    (learner.dropout, learner.logitOffsets) = (0, offsets)
    let batch = TrainingBatch(
      video: Matrix(Hashed.values("video", count: 4 * 30), rows: 4, columns: 30),
      audio: Matrix(Hashed.values("audio", count: 4 * 28), rows: 4, columns: 28),
      clips: (0..<4).map { RandomKey(seed: 0, epoch: 0, position: $0) }, key: RandomKey(seed: 1, epoch: 2, position: 3))
    let targets = Losses.targets(labels: [0, 1, 2, 0], classes: 3, smoothing: 0)
    let loss = learner.addGradients(batch, .classes(targets)).total
    var found: [String: [Float]] = [:]
    for entry in learner.parameters.entries {
      found[entry.name] = entry.range.map { learner.parameters.gradients.base[$0] }
    }
    return (loss, found)
  }

  @Test func offsetsAreThoseOfAHead() throws {
    let plain = try gradients([:])
    // The same for all classes says nothing.
    let even = try gradients([.audio: [2, 2, 2]])
    #expect(abs(even.loss - plain.loss) < 1e-6)
    let adjusted = try gradients([.audio: [0, -1, -2]])
    #expect(adjusted.loss != plain.loss)
    for (name, values) in adjusted.of where name.hasPrefix("heads.") {
      #expect((values == plain.of[name]) == !name.hasPrefix("heads.audio."), "\(name)")
    }
    // The derivative by the bias of the outputs is that of softmax(logits + offsets): a rare class is asked for more.
    let (before, after) = (plain.of["heads.audio.output.bias"], adjusted.of["heads.audio.output.bias"])
    #expect(try #require(after)[2] < #require(before)[2] && #require(after)[0] > #require(before)[0])
  }

  @Test func whatIsAddedIsAddedToEveryRow() {
    let rows = Matrix(FloatBuffer([1, 2, 3, 4]), rows: 2, columns: 2)
    #expect(rows.adding([10, 20]).array == [11, 22, 13, 24] && rows.array == [1, 2, 3, 4])
    #expect(rows.adding(nil).array == rows.array)
  }
}
