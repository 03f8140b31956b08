import Checkpoint
import Foundation
import HiCMAE
import Layers
import TestSupport
import Testing

extension MienTests {
  /// A whole evaluation against Tests/Golden/make_eval.py, which states it a second time: pictures, sound and weights are
  /// written by the same formulas, imported and evaluated by the command.
  @Suite struct EvaluationGoldenTests {
    @Test func importAndEvaluationGiveTheStatedNumbers() throws {
      let folder = try Folder()
      let url = try #require(Bundle.module.url(forResource: "Golden/evaluation", withExtension: "json"))
      let golden = try JSONValue(parsing: String(contentsOf: url, encoding: .utf8))
      let seed = try #require(golden["seed"]?.string)
      try checkpoint(try #require(golden["size"]), seed: seed, to: folder / "weights.safetensors")
      try pictures(70, seed: seed, to: folder / "faces")
      try folder.write("speech.wav", Fixtures.wav(sound(44_800, seed: seed)))
      try folder.write("list.csv", "faces speech.wav 3\n")

      let made = try Command.run(
        "model", "import", folder / "weights.safetensors", "-o", folder / "model", "--labels", "crema-d")
      try #require(made.status == 0, "\(made.err)")
      let run = try Command.run(
        "eval", "--model", folder / "model", "--data", folder / "list.csv", "-o", folder / "p.jsonl")
      try #require(run.status == 0, "\(run.err)")
      let found = try JSONValue(parsing: String(contentsOfFile: folder / "p.jsonl", encoding: .utf8))

      let probabilities = try worst("probability", found["probabilities"], golden["probabilities"])
      #expect(probabilities.value < 1e-4, "\(probabilities)")
      let views = try #require(golden["views"]?.elements)
      try #require(found["views"]?.elements?.count == views.count)
      for (i, view) in views.enumerated() {
        let logits = try worst("view \(i), logit", found["views"]?.elements?[i]["logits"], view["logits"])
        #expect(logits.value < 1e-3, "\(logits)")
      }
    }

    private func worst(_ what: String, _ found: JSONValue?, _ expected: JSONValue?) throws -> WorstDifference {
      let expected = try #require(expected?.elements).compactMap(\.double)
      let labels = try #require(found?.keys)
      try #require(labels.count == expected.count && labels.count == 6)
      var worst = WorstDifference()
      for (label, value) in zip(labels, expected) {
        worst.see("\(what) of \(label)", found?[label]?.double ?? .infinity, value)
      }
      return worst
    }

    private func checkpoint(_ size: JSONValue, seed: String, to path: String) throws {
      func count(_ key: String) throws -> Int { try #require(size[key]?.int) }
      let sizes = Configuration(
        dim: try count("dim"), videoDepth: try count("video_depth"), audioDepth: try count("audio_depth"),
        fusionDepth: try count("fusion_depth"), outputs: try count("outputs"))
      let weights = Weights(fresh: 1)
      _ = try HiCMAEModel(sizes, weights)
      try writeSafetensors(HashedStore(weights.asked, seed: seed), to: path)
    }

    private func pictures(_ count: Int, seed: String, to path: String) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let side = 160
      for t in 0..<count {
        let noise = Hashed.bits("\(seed)/picture/\(t)", count: side * side * 3)
        var pixels = [UInt8](repeating: 0, count: noise.count)
        for i in 0..<noise.count {
          let (c, x, y) = (i % 3, i / 3 % side, i / 3 / side)
          pixels[i] = UInt8((x * (1 + c) + y * (2 + c) + t * (5 + 3 * c) + Int(noise[i] >> 60)) % 256)
        }
        let name = String(repeating: "0", count: 4 - "\(t)".count) + "\(t).bmp"
        try Data(Fixtures.bmp(pixels, side: side)).write(to: URL(fileURLWithPath: path + "/" + name))
      }
    }

    private func sound(_ count: Int, seed: String) -> [Int16] {
      Hashed.bits("\(seed)/sound", count: count).enumerated().map { i, bits in
        Int16(((Int(bits >> 48) - 32768) * (i / 1600 % 11 + 1)) >> 5)
      }
    }
  }
}
