import Layers
import Networks
import Tensor
import Training

/// The toy's weights.
struct ToyNetwork: Network {
  let toy: ToySizes
  let packing: WeightPacking?
  let video, audio: PatchEmbedding
  /// As in ``ToySizes/heads``.
  let heads: [Linear]

  var sizes: any NetworkSizes { toy }

  init(_ toy: ToySizes, _ weights: Weights) throws {
    let root = weights["toy"]
    video = try PatchEmbedding(
      root["video_patches"], grid: ToySizes.pictures, kernel: [3, 4, 40, 40], width: toy.dim)
    audio = try PatchEmbedding(root["audio_patches"], grid: ToySizes.sounds, kernel: [1, 32, 32], width: toy.dim)
    heads = try toy.heads.map { head in
      try Linear(
        root[head.name], from: head.modalities == .audioVideo ? 2 * toy.dim : toy.dim, to: toy.outputs, exact: true)
    }
    (self.toy, packing) = (toy, weights.packing)
    try weights.finish()
  }

  func engine(_ options: EngineOptions) -> any NetworkEngine { ToyEngine(self, options) }

  /// The outputs of every head whose modalities are there: (batch, outputs).
  func callAsFunction(video seen: Matrix?, audio heard: Matrix?, _ operations: Operations) -> [Matrix?] {
    let present = Modalities(video: seen != nil, audio: heard != nil)
    let batch = (seen ?? heard)?.rows ?? 0
    let feature = operations.matrix(rows: batch, columns: 2 * toy.dim)
    let (left, right) = (feature.columns(0..<toy.dim), feature.columns(toy.dim..<2 * toy.dim))
    if let seen { operations.meanOverTokens(video(seen, operations), batch: batch, into: left) }
    if let heard { operations.meanOverTokens(audio(heard, operations), batch: batch, into: right) }
    let parts = [feature, right, left]
    return toy.heads.indices.map { place in
      guard present.isSuperset(of: toy.heads[place].modalities) else { return nil }
      return heads[place](parts[place], operations)
    }
  }
}

final class ToyEngine: NetworkEngine {
  let operations: Operations
  private let network: ToyNetwork

  init(_ network: ToyNetwork, _ options: EngineOptions) {
    self.network = network
    operations = Operations(
      threads: options.threads, level: network.packing?.level ?? .best, packing: network.packing)
  }

  func answer(_ input: NetworkInput, into outputs: [FloatBuffer]) {
    operations.reset()
    func one(_ values: FloatBuffer?) -> Matrix? { values.map { Matrix($0, rows: 1, columns: $0.count) } }
    let answers = network(video: one(input.video), audio: one(input.audio), operations)
    for (answer, output) in zip(answers, outputs) {
      if let answer { output.base.update(from: answer.base, count: output.count) }
    }
  }
}

/// Trains the toy in three passes over a batch: video, audio, both.
final class ToyLearner: SupervisedLearner {
  let parameters: ParameterSet
  let operations: Operations
  private(set) var bad: TrainingDiverged.Place?
  private let network: ToyNetwork
  private let pass: SlicedPass

  init(_ sizes: ToySizes, _ weights: Weights, threads: Int) throws {
    _ = try ToyNetwork(sizes, weights)
    parameters = ParameterSet(weights, of: "toy")
    network = try ToyNetwork(sizes, Weights(reading: parameters.store))
    operations = Operations(threads: threads)
    pass = SlicedPass(parameters, operations)
  }

  func rule(_ entry: ParameterSet.Entry) -> UpdateRule {
    UpdateRule(rateFactor: 1, decays: !entry.name.hasSuffix(".bias"))
  }

  func addGradients(_ batch: TrainingBatch, _ objective: Objective, factor: Double) -> BatchLosses {
    var losses: [Double] = []
    bad = nil
    let part = BatchPart.whole(batch.clips.count)
    for (video, audio, head) in [(batch.video, nil, 2), (nil, batch.audio, 1), (batch.video, batch.audio, 0)] {
      let outputs = pass.forward(clips: batch.clips.count) { clips in
        network(video: video?.rows(clips), audio: audio?.rows(clips), operations)[head]
      }.compactMap(\.output)
      let all = part.gathered(outputs)
      let gradient = Matrix(rows: all.rows, columns: all.columns)
      losses.append(objective.loss(all, gradient: gradient, factor: factor))
      pass.seed(outputs, with: gradient, part)
      if losses.last?.isFinite == false { bad = bad ?? pass.firstNotFinite(given: [video, audio]) }
      pass.backward()
    }
    return BatchLosses(total: losses.reduce(0, +), video: losses[0], audio: losses[1])
  }

  func answers(of store: (any TensorStore)?) throws -> (TrainingBatch) -> [Float] {
    let other = try store.map { try ToyNetwork(network.toy, Weights(reading: $0)) } ?? network
    return { batch in
      self.operations.reset()
      return other(video: batch.video, audio: batch.audio, self.operations)[0]?.array ?? []
    }
  }
}
