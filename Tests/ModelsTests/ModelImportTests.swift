import Checkpoint
import Files
import Foundation
import HiCMAE
import Networks
import Tensor
import Testing

@testable import Models

@Suite struct ModelImportTests {
  @Test func makesAModelThatLoads() throws {
    let scratch = try ModelScratch()
    let folder = try scratch.model()
    #expect(scratch.contents == ["checkpoint.safetensors", "model"])
    #expect(folder.config.sizes == ModelScratch.sizes)
    #expect(folder.config.id == "model")
    #expect(folder.config.labels?.names.count == 6)
    #expect(folder.config.source?.file == "checkpoint.safetensors")
    #expect(try folder.config.source?.sha256 == sha256(ofFile: scratch.file("checkpoint.safetensors")))
    try folder.verify()
    let model = try folder.load()
    #expect(AnySizes(model.network.sizes) == ModelScratch.sizes)
    let before = try SafetensorsFile(scratch.file("checkpoint.safetensors"))
    let after = try folder.open()
    #expect(after.names == before.names)
    for name in before.names { #expect(try after.values(of: name).array == before.values(of: name).array, "\(name)") }
  }

  @Test func takesPretrainingWithoutLabels() throws {
    let scratch = try ModelScratch()
    var sizes = ModelScratch.sizes
    sizes.outputs = 0
    let checkpoint = try scratch.checkpoint(sizes)
    let labelled = try modelError {
      _ = try ModelImport(
        checkpoint: checkpoint, destination: scratch.file("p"), labels: Labels(parsing: "crema-d")
      ).run()
    }
    #expect(labelled.kind == .usage)
    let folder = try ModelImport(checkpoint: checkpoint, destination: scratch.file("p")).run()
    #expect(folder.config.task == .pretraining && folder.config.labels == nil)
    #expect(try modelError { _ = try folder.load() }.problem.contains("pre-training"))
  }

  /// What a checkpoint of one modality becomes, for recognition and for pre-training, which keeps its decoder's sizes.
  @Test(arguments: [Modalities.audio, .video]) func takesOneSense(modality: Modalities) throws {
    let scratch = try ModelScratch()
    var sizes = ModelScratch.sizes.keeping(modality)
    let folder = try ModelImport(
      checkpoint: scratch.checkpoint(sizes), destination: scratch.file("one"), labels: Labels(parsing: "crema-d")
    ).run()
    #expect(folder.config.modalities == modality && folder.config.sizes == sizes)
    #expect(try AnySizes(folder.load().network.sizes) == sizes)
    sizes.outputs = 0
    let pretrained = try ModelImport(
      checkpoint: scratch.checkpoint(sizes, "p.safetensors"), destination: scratch.file("p")
    ).run().config
    #expect(
      pretrained.modalities == modality
        && pretrained.sizes == PretrainingConfiguration(backbone: sizes, decoderDim: 64, decoderDepth: 1))
  }

  /// The paper's ablation: names tell it, and the config repeats it.
  @Test func takesAModelWithoutLayerFusion() throws {
    let scratch = try ModelScratch()
    var sizes = ModelScratch.sizes
    sizes.layerFusion = false
    let folder = try ModelImport(
      checkpoint: scratch.checkpoint(sizes), destination: scratch.file("last"), labels: Labels(parsing: "crema-d")
    ).run()
    #expect(!folder.config.hicmae.layerFusion)
    #expect(try AnySizes(folder.load().network.sizes) == sizes)
  }

  @Test func takesRegression() throws {
    let scratch = try ModelScratch()
    var sizes = ModelScratch.sizes
    sizes.outputs = 2
    let folder = try ModelImport(
      checkpoint: scratch.checkpoint(sizes), destination: scratch.file("r"), labels: Labels(["valence", "arousal"]),
      task: .regression
    ).run()
    #expect(folder.config.task == .regression)
    #expect(try folder.load().config.labels?.names == ["valence", "arousal"])
  }

  /// Six outputs are not CREMA-D's because they are six.
  @Test func neverGuessesLabels() throws {
    let scratch = try ModelScratch()
    let checkpoint = try scratch.checkpoint()
    for labels in [nil, try Labels(parsing: "mafw"), try Labels(parsing: "crema")] {
      let error = try modelError {
        _ = try ModelImport(checkpoint: checkpoint, destination: scratch.file("m"), labels: labels).run()
      }
      #expect(error.kind == .usage)
      #expect(error.description.contains("crema-d (6: anger") && error.description.contains("mafw (11:"), "\(error)")
    }
    #expect(scratch.contents == ["checkpoint.safetensors"])
  }

  @Test func refusesTasksThatTheHeadContradicts() throws {
    let scratch = try ModelScratch()
    let checkpoint = try scratch.checkpoint()
    var sizes = ModelScratch.sizes
    sizes.outputs = 0
    let headless = try scratch.checkpoint(sizes, "headless")
    for (path, task) in [(checkpoint, ModelConfig.Task.pretraining), (headless, .regression)] {
      let error = try modelError {
        _ = try ModelImport(checkpoint: path, destination: scratch.file("m"), task: task).run()
      }
      #expect(error.kind == .usage)
    }
  }

  @Test func refusesWeightsThatAreNotTheModels() throws {
    func problem(_ change: (inout [(name: String, shape: [Int])]) -> Void) throws -> String {
      let scratch = try ModelScratch()
      let checkpoint = try scratch.checkpoint(change: change)
      let error = try modelError {
        _ = try ModelImport(
          checkpoint: checkpoint, destination: scratch.file("m"), labels: Labels(parsing: "crema-d")
        ).run()
      }
      #expect(error.kind == .badData && error.path == checkpoint)
      #expect(scratch.contents == ["checkpoint.safetensors"], "nothing is left")
      return error.problem
    }
    #expect(try problem { $0.removeAll { $0.name == "fc_norm.bias" } }.contains("fc_norm.bias"))
    #expect(try problem { $0.append(("surplus", [1])) }.contains("surplus"))
    // Decoders beside a head: the head makes it a model for recognition, which has none.
    let both = try problem { $0.append(("encoder_to_decoder.weight", [64, 64])) }
    #expect(both.contains("unknown to the model 1 (encoder_to_decoder.weight)"), "\(both)")
    let wide = try problem { tensors in
      for i in tensors.indices where tensors[i].name == "encoder.norm.weight" { tensors[i].shape = [65] }
    }
    #expect(wide.contains("encoder.norm.weight") && wide.contains("65"))
    #expect(try problem { $0 = [("w", [2])] }.contains("HiCMAE"))
  }

  @Test func refusesNaN() throws {
    let scratch = try ModelScratch()
    let checkpoint = try scratch.checkpoint(damage: "encoder_audio.blocks.1.mlp.fc2.weight")
    let error = try modelError {
      _ = try ModelImport(
        checkpoint: checkpoint, destination: scratch.file("m"), labels: Labels(parsing: "crema-d")
      ).run()
    }
    #expect(error.kind == .badData && error.problem.contains("encoder_audio.blocks.1.mlp.fc2.weight"), "\(error)")
    #expect(scratch.contents == ["checkpoint.safetensors"])
  }

  @Test func refusesBadCheckpoints() throws {
    let scratch = try ModelScratch()
    let text = scratch.file("text.pth")
    try Data("PK is how zip archives begin".utf8).write(to: URL(fileURLWithPath: text))
    for path in [text, scratch.file("none.pth")] {
      let error = #expect(throws: FileError.self) {
        try ModelImport(checkpoint: path, destination: scratch.file("m"), labels: Labels(parsing: "crema-d")).run()
      }
      #expect(error?.path == path)
    }
    #expect(scratch.contents == ["text.pth"])
  }

  @Test func replacesOnlyModelsAndOnlyWhenForced() throws {
    let scratch = try ModelScratch()
    _ = try scratch.model()
    func again(_ destination: String, force: Bool) throws -> ModelFolder {
      try ModelImport(
        checkpoint: scratch.file("checkpoint.safetensors"), destination: scratch.file(destination),
        labels: Labels(["a", "b", "c", "d", "e", "f"]), id: "new", force: force
      ).run()
    }
    #expect(try modelError { _ = try again("model", force: false) }.remedy?.contains("--force") == true)
    #expect(try ModelFolder(scratch.file("model")).config.id == "model", "the old model stands")
    // A trailing slash is not a name.
    #expect(try again("model/", force: true).config.id == "new")
    #expect(scratch.contents == ["checkpoint.safetensors", "model"])
    // Nor is what it reads, nor another program's folder that has files of these names.
    try FileManager.default.createDirectory(atPath: scratch.file("other"), withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: scratch.file("other/config.json")))
    #expect(try modelError { _ = try again("other", force: true) }.problem.contains("not a model folder"))
    let own = ModelImport(
      checkpoint: scratch.file("model/model.safetensors"), destination: scratch.file("model"),
      labels: try Labels(["a", "b", "c", "d", "e", "f"]), force: true)
    #expect(try modelError { _ = try own.run() }.problem.contains("which it would replace"))
    try FileManager.default.removeItem(atPath: scratch.file("other"))
    // Somebody's folder with other things in it is not swept away.
    try Data().write(to: URL(fileURLWithPath: scratch.file("model/diary.txt")))
    #expect(try modelError { _ = try again("model", force: true) }.kind == .exists)
    #expect(FileManager.default.fileExists(atPath: scratch.file("model/diary.txt")))
    #expect(try modelError { _ = try again("checkpoint.safetensors", force: true) }.kind == .exists)
    #expect(try modelError { _ = try again("no/where", force: false) }.kind == .cannotWrite)
  }

  /// A full disk, as a limit on the size of files: in a process of its own, since limits are the process's.
  @Test func aFullDiskLeavesNothing() async throws {
    await #expect(processExitsWith: .exitCode(74)) {
      guard let scratch = try? ModelScratch(), let checkpoint = try? scratch.checkpoint() else { exit(1) }
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      guard setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else { exit(2) }
      do {
        _ = try ModelImport(
          checkpoint: checkpoint, destination: scratch.file("m"), labels: Labels(parsing: "crema-d")
        ).run()
        exit(3)
      } catch let error as FileError {
        let clean =
          scratch.contents == ["checkpoint.safetensors"] && error.kind == .cannotWrite
          && error.path == scratch.file("m")
        try? FileManager.default.removeItem(atPath: scratch.path)
        exit(clean ? 74 : 4)
      }
    }
  }
}
