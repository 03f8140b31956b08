import Glibc
import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import TestSupport
import Testing
import Training

@Suite struct OptimiserTests {
  /// Warm-up from 0, the peak once on its last and once on the cosine's first step, the end near `final`.
  @Test func schedule() {
    let schedule = Schedule(base: 3, final: 1, warmUp: 4, steps: 14)
    #expect((0..<4).map { schedule.rate($0) } == [0, 1, 2, 3])
    #expect(schedule.rate(4) == 3)
    #expect(abs(schedule.rate(9) - 2) < 1e-12)
    #expect(abs(schedule.rate(13) - (1 + 0.5 * 2 * (1 + cos(Double.pi * 0.9)))) < 1e-12)
    #expect(schedule.rate(14) == 1)
    #expect(Schedule(base: 1, final: 0, warmUp: 0, steps: 2).rate(0) == 1)
    #expect(Schedule(base: 1, final: 0, warmUp: 1, steps: 2).rate(0) == 0)
  }

  private func entry(_ name: String, _ shape: [Int]) throws -> ParameterSet.Entry {
    let weights = Weights(fresh: 1)
    _ = try weights.parameter(name, shape, fresh: .zeros)
    return try #require(ParameterSet(weights)[name])
  }

  @Test func pretrainingRules() throws {
    let decays: [(String, [Int], Bool)] = [
      ("encoder.blocks.0.attn.qkv.weight", [3, 1], true), ("encoder.blocks.0.attn.q_bias", [4], false),
      ("encoder.norm.weight", [4], false), ("head.bias", [4], false), ("mask_token", [1, 1, 4], false),
      ("mask_token_audio", [1, 1, 4], true),
    ]
    for (name, shape, decays) in decays {
      #expect(UpdateRule.pretraining(try entry(name, shape)) == UpdateRule(rateFactor: 1, decays: decays), "\(name)")
    }
  }

  @Test func layerDecay() throws {
    let ids: [(String, Int)] = [
      ("encoder.patch_embed.proj.weight", 0), ("encoder_audio.patch_embed.proj.weight", 0),
      ("encoder.blocks.0.attn.qkv.weight", 1), ("encoder_audio.blocks.9.mlp.fc1.weight", 10),
      ("encoder_fusion.blocks.0.attn.qkv.weight", 11), ("encoder_fusion.blocks_audio.1.cross_attn.q.weight", 12),
      ("head.weight", 13),
    ]
    let configuration = Configuration.tiny(outputs: 6)
    for (name, id) in ids {
      let rule = UpdateRule.fineTuning(try entry(name, [2, 2]), configuration)
      #expect(abs(rule.rateFactor - pow(0.75, Double(13 - id))) < 1e-15 && rule.decays, "\(name)")
    }
    for name in ["encoder.norm.weight", "encoder_fusion.norm_audio.bias", "video_layer_weights", "fc_norm.weight"] {
      #expect(
        UpdateRule.fineTuning(try entry(name, [3]), configuration) == UpdateRule(rateFactor: 1, decays: false),
        "\(name)")
    }
    // Another depth.
    let shallow = Configuration(dim: 64, videoDepth: 4, audioDepth: 4, fusionDepth: 1, outputs: 3)
    let rule = UpdateRule.fineTuning(try entry("encoder_fusion.blocks.0.attn.proj.weight", [2, 2]), shallow)
    #expect(abs(rule.rateFactor - 0.75) < 1e-15)
  }

  /// Five steps beside the formulas in double precision, with every kernel, runs of different rules, and clipping.
  @Test(arguments: KernelLevel.available) func adamW(level: KernelLevel) throws {
    let weights = Weights(fresh: 3)
    for (name, shape) in [("a.weight", [5, 7]), ("a.bias", [5]), ("b.weight", [3, 3])] {
      _ = try weights.parameter(name, shape, fresh: .uniform(bound: 1))
    }
    let parameters = ParameterSet(weights)
    let operations = Operations(threads: 2, level: level)
    func rule(_ entry: ParameterSet.Entry) -> UpdateRule {
      UpdateRule(rateFactor: entry.name == "b.weight" ? 0.5 : 1, decays: entry.shape.count > 1)
    }
    let optimiser = AdamW(parameters, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1, rule: rule)
    var x = parameters.entries.map { entry in entry.range.map { Double(parameters.values.base[$0]) } }
    var m = x.map { $0.map { _ in 0.0 } }
    var v = m
    var worst = WorstDifference()
    for step in 1...5 {
      for (index, entry) in parameters.entries.enumerated() {
        let gradients = Hashed.values("\(entry.name) \(step)", count: entry.range.count).array
        for (place, gradient) in gradients.enumerated() {
          parameters.gradients.base[entry.range.lowerBound + place] = gradient
          let g = 0.7 * Double(gradient)
          let rate = 0.01 * Double(step) * rule(entry).rateFactor
          m[index][place] = 0.8 * m[index][place] + 0.2 * g
          v[index][place] = 0.95 * v[index][place] + 0.05 * g * g
          let (first, second) = (
            m[index][place] / (1 - pow(0.8, Double(step))), v[index][place] / (1 - pow(0.95, Double(step)))
          )
          x[index][place] *= 1 - rate * (rule(entry).decays ? 0.1 : 0)
          x[index][place] -= rate * first / (second.squareRoot() + 1e-6)
        }
      }
      optimiser.step(rate: 0.01 * Double(step), gradientFactor: 0.7, operations)
      for (index, entry) in parameters.entries.enumerated() {
        for (place, truth) in x[index].enumerated() {
          worst.see(
            "\(level), step \(step), \(entry.name) at \(place)",
            Double(parameters.values.base[entry.range.lowerBound + place]), truth)
        }
      }
    }
    #expect(optimiser.steps == 5)
    #expect(worst.value < 1e-6, "\(worst)")
    print("AdamW: \(worst)")
  }
}
