import Checkpoint
import Foundation
import HiCMAE
import Layers
import Tensor
import TestSupport
import Testing

extension MienTests {
  /// From the published pre-training file to answers: `finetune --from x.pth`, then `replay` and `live` of the run.
  @Suite struct PublishedStartTests {
    private let toy: TrainingToy
    private let folder: Folder
    private let tensors: [NamedTensor]

    /// As deep as the published models, so that it has their names; narrower.
    init() throws {
      toy = try TrainingToy()
      folder = toy.folder
      let backbone = Configuration(dim: 64, videoDepth: 10, audioDepth: 10, fusionDepth: 2, outputs: 0)
      let weights = Weights(fresh: 11)
      _ = try Pretraining(PretrainingConfiguration(backbone: backbone, decoderDim: 64), weights)
      tensors = weights.parameters.map { NamedTensor($0.name, shape: $0.shape, values: $0.values.array) }
      try folder.write("voxceleb2.pth", TorchArchive.pretraining(tensors).content)
    }

    @Test func theFileHasThePublishedNames() throws {
      let golden = Fixtures.root.appending(path: "Tests/HiCMAETests/Golden/names_tiny_pretrain.json")
      let names = try JSONValue(parsing: String(contentsOf: golden, encoding: .utf8)).keys
      #expect(!names.isEmpty && Set(names) == Set(tensors.map(\.name)))
    }

    @Test func fromThePublishedFileToAnswers() throws {
      let made = try Command.run(
        ["finetune"]
          + toy.arguments(
            "run",
            TrainingToy.labels + ["--from", folder / "voxceleb2.pth", "--steps", "1", "--lr", "0", "--min-lr", "0"]
          ))
      #expect(made.status == 0, "\(made.err)")
      // Both encoders and the fusion are the file's: with a rate of 0 nothing has changed them.
      let store = try SafetensorsFile(folder / "run/last/model.safetensors")
      var taken = 0
      for tensor in tensors where tensor.name.hasPrefix("encoder") && !tensor.name.hasPrefix("encoder_to_decoder") {
        let isSame = try store.values(of: tensor.name).array == tensor.values
        #expect(isSame && store.shape(of: tensor.name) == tensor.shape, "\(tensor.name)")
        taken += 1
      }
      #expect(taken > 300 && store.names.contains("head.weight"))

      let replay = try Command.run("replay", Fixtures.demo, "--hop", "2.56", "--model", folder / "run")
      #expect(replay.status == 0, "\(replay.err)")
      try expectAnswers(replay.lines)
      let clip = try Fixtures.camera(folder / "camera.avi", seconds: 6)
      let live = try Command.run(
        "live", "--video", clip, "--audio", clip, "--face", "none", "--model", folder / "run", "--duration", "5",
        "--hop",
        "0.64")
      #expect(live.status == 0, "\(live.err)")
      try expectAnswers(live.lines)
    }

    /// The run's labels, in their order, with numbers that are a distribution.
    private func expectAnswers(_ lines: [String]) throws {
      let results = try lines.map { try JSONValue(parsing: $0) }.filter { $0["type"]?.string == "emotion.result" }
      let answers = results.compactMap { $0["emotions"] }.filter { !$0.isNull }
      #expect(!answers.isEmpty, "of \(results.count) windows")
      for answer in answers {
        #expect(answer.keys == ["calm", "angry", "glad"])
        let sum = answer.keys.compactMap { answer[$0]?.double }.reduce(0, +)
        #expect(abs(sum - 1) < 1e-5)
      }
    }

    /// Pre-training goes on from it, decoders and all.
    @Test func preTrainingGoesOnFromIt() throws {
      let run = try Command.run(
        ["pretrain"]
          + toy.arguments("more", ["--from", folder / "voxceleb2.pth", "--steps", "1", "--lr", "0", "--min-lr", "0"]))
      #expect(run.status == 0, "\(run.err)")
      let store = try SafetensorsFile(folder / "more/last/model.safetensors")
      #expect(store.names.count == tensors.count)
      for tensor in tensors {
        let isSame = try store.values(of: tensor.name).array == tensor.values
        #expect(isSame, "\(tensor.name)")
      }
    }
  }
}
