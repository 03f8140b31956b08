import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training
import VAVL
import VAVLTraining

/// Heads of both tasks in one training: a clip trains what it has labels for.
@Suite(.serialized) struct BothTasksTests {
  private static var sizes: VAVLSizes {
    var sizes = VAVLSizes(
      width: 16, attentionHeads: 2, video: .features(width: 5, steps: 6), audio: .features(width: 7, steps: 4))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes, sizes.attributes) = (1, 1, 3, 3, 2)
    return sizes
  }

  private static func batch(_ clips: Range<Int>) -> TrainingBatch {
    let video = Matrix(Hashed.values("video", count: 6 * 30), rows: 6, columns: 30)
    let audio = Matrix(Hashed.values("audio", count: 6 * 28), rows: 6, columns: 28)
    return TrainingBatch(
      video: video.rows(clips), audio: audio.rows(clips),
      clips: clips.map { RandomKey(seed: 0, epoch: 0, position: $0) }, key: RandomKey(seed: 1, epoch: 2, position: 3))
  }

  /// - Parameters:
  ///   - classes: of the six clips, those that have a class.
  ///   - attributes: those that have attributes.
  private static func objective(_ clips: Range<Int>, classes: Range<Int>, attributes: Range<Int>) -> Objective {
    let targets = Losses.targets(labels: (0..<6).map { $0 % 3 }, classes: 3, smoothing: 0.1)
    let values = Matrix(Hashed.values("truth", count: 12), rows: 6, columns: 2)
    for clip in 0..<6 {
      if !classes.contains(clip) { for column in 0..<3 { targets[clip, column] = .nan } }
      if !attributes.contains(clip) { for column in 0..<2 { values[clip, column] = .nan } }
    }
    return .tasks(
      classification: .classes(targets.rows(clips)), regression: .meanSquaredError(values.rows(clips)))
  }

  private func gradients(
    _ clips: Range<Int>, classes: Range<Int>, attributes: Range<Int>, part: BatchPart? = nil
  ) throws -> (total: Double, bad: TrainingDiverged.Place?, of: [String: [Float]]) {
    var sizes = Self.sizes
    sizes.reconstructs = false
    let learner = try VAVLLearner(sizes, Weights(fresh: 7))
    learner.dropout = 0
    let losses = learner.addGradients(
      Self.batch(clips), Self.objective(clips, classes: classes, attributes: attributes), part: part)
    var found: [String: [Float]] = [:]
    for entry in learner.parameters.entries {
      found[entry.name] = entry.range.map { learner.parameters.gradients.base[$0] }
    }
    return (losses.total, learner.bad, found)
  }

  @Test func aClipWithoutALabelDoesNotTrainItsHeads() throws {
    // Of six clips the first four have classes, the last three attributes.
    let both = try gradients(0..<6, classes: 0..<4, attributes: 3..<6)
    #expect(both.bad == nil && both.total.isFinite)
    // Of the same clips, because batch normalisation looks at all of them.
    let classes = try gradients(0..<6, classes: 0..<4, attributes: 0..<0)
    let attributes = try gradients(0..<6, classes: 0..<0, attributes: 3..<6)
    #expect(abs(both.total - classes.total - attributes.total) < 1e-5 * both.total)
    for (name, values) in both.of where name.hasPrefix("heads.") {
      let alone = name.contains("_attributes") ? attributes : classes
      let other = name.contains("_attributes") ? classes : attributes
      let wanted = try #require(alone.of[name])
      #expect(zip(values, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
      #expect(values.contains { $0 != 0 } && other.of[name]?.allSatisfy { $0 == 0 } == true, "\(name)")
    }
  }

  @Test func answersHaveTheAttributesBehindTheClasses() throws {
    let learner = try VAVLLearner(Self.sizes, Weights(fresh: 7))
    let answers = try learner.answers(of: nil)
    let all = answers(Self.batch(0..<2))
    #expect(all.count == 10)
    #expect(answers(Self.batch(1..<2)) == Array(all[5...]))
    var classes = Self.sizes
    classes.attributes = 0
    #expect(classes.attributeOutputs == 0 && Self.sizes.attributeOutputs == 2 && Self.sizes.outputs == 3)
    (classes.classes, classes.attributes) = (0, 2)
    #expect(classes.attributeOutputs == 0 && classes.outputs == 2)
    let heads = Self.sizes.heads
    #expect(
      heads[0].beside(in: heads)?.name == "both_attributes" && heads[1].beside(in: heads)?.name == "audio_attributes")
    #expect(heads[3].beside(in: heads) == nil)
  }

  @Test func requestedSizesHaveBothKindsOfHeads() {
    var request = FineTuningRequest(outputs: 4, modalities: .audio)
    request.attributes = 3
    let sizes = Self.sizes.fineTuning(request)
    #expect(sizes.outputs == 4 && sizes.attributeOutputs == 3)
    request.task = .regression
    let alone = Self.sizes.fineTuning(request)
    #expect(alone.outputs == 4 && alone.attributeOutputs == 0 && alone.heads.allSatisfy { $0.task == .regression })
  }
}
