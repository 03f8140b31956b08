import Foundation
import HiCMAE
import Layers
import Tensor
import TestSupport
import Testing

/// The model beside values computed in float64 by another implementation.
@Suite(.serialized) struct ClassificationGoldenTests {
  /// With plain weights, as in training, and with packed ones, as in recognition.
  @Test(arguments: ["odd", "tiny", "base"], [nil, WeightPacking(.f32)])
  func logitsAndLayers(size: String, packing: WeightPacking?) throws {
    let golden = try GoldenFile.read(Classification.self, "classify_\(size).json", of: .module)
    let store = HashedStore(try names("names_\(size)_finetune.json"), seed: golden.seed)
    let model = try HiCMAEModel(reading: store, packing: packing)
    #expect(model.configuration.dim == golden.dim && model.configuration.outputs == golden.logits[0].count)

    let video = Hashed.video(seed: golden.seed, batch: golden.batch)
    let audio = Hashed.audio(seed: golden.seed, batch: golden.batch)
    let inference = Inference(model: model, threads: 2)
    let logits = FloatBuffer(count: golden.batch * model.configuration.outputs)
    var layers = WorstDifference()
    var stages = 0
    inference.logits(video: video, audio: audio, into: logits) { stage, values in
      stages += 1
      switch stage {
      case .videoLayer(let index): compare(values, golden.videoLayers[index], "video layer \(index)", &layers)
      case .audioLayer(let index): compare(values, golden.audioLayers[index], "audio layer \(index)", &layers)
      case .fusedVideo: compare(values, golden.fusionVideo, "fused video", &layers)
      case .fusedAudio: compare(values, golden.fusionAudio, "fused audio", &layers)
      // What is recorded is the same normalised, below.
      case .parts: #expect(values.columns == model.configuration.featureWidth)
      case .feature:
        for (index, expected) in golden.featureHead.enumerated() {
          layers.see("feature \(index)", Double(values[0, index]), expected)
        }
      }
    }
    #expect(stages == golden.videoLayers.count + golden.audioLayers.count + 4)
    #expect(layers.value < 2e-4, "\(size): \(layers)")

    var worst = WorstDifference()
    for (row, expected) in golden.logits.enumerated() {
      for (column, value) in expected.enumerated() {
        worst.see("logit \(row), \(column)", Double(logits.array[row * expected.count + column]), value)
      }
    }
    #expect(worst.value < 2e-4, "\(size): \(worst)")
    print("\(size): layers, \(layers); logits, \(worst)")
  }

  /// Mean and standard deviation over all values, and the first values of the first token.
  private func compare(
    _ values: Matrix, _ expected: Classification.Statistics, _ name: String, _ worst: inout WorstDifference
  ) {
    let all = values.array.map(Double.init)
    let mean = all.reduce(0, +) / Double(all.count)
    let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
    worst.see("\(name), mean", mean, expected.mean)
    worst.see("\(name), standard deviation", variance.squareRoot(), expected.std)
    for (index, value) in expected.head.enumerated() {
      worst.see("\(name), value \(index)", all[index], value)
    }
  }
}
