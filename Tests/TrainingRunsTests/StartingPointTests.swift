import Checkpoint
import Files
import Foundation
import HiCMAE
import Layers
import Models
import Networks
import Tensor
import Testing
import TrainingRuns
import VAVL
import VAVLTraining

@Suite struct StartingPointTests {
  /// Fresh weights of a model with a head.
  private func weights() throws -> MemoryStore {
    let weights = Weights(fresh: 1)
    _ = try HiCMAEModel(ToyList.sizes, weights)
    return weights.store
  }

  @Test func aHeadIsAStart() throws {
    let toy = try ToyList(clips: 1)
    try writeSafetensors(try weights(), to: toy / "head.safetensors")
    let start = try StartingPoint(toy / "head.safetensors")
    #expect(AnySizes(start.sizes) == ToyList.sizes && start.task == nil && start.labels == nil)
  }

  /// Decoders beside a head: nobody can tell which of both the encoders were trained with last.
  @Test func aHeadWithDecodersIsNone() throws {
    let toy = try ToyList(clips: 1)
    var both = try weights()
    both.add("encoder_to_decoder.weight", shape: [64, 64], values: FloatBuffer(count: 64 * 64))
    try writeSafetensors(both, to: toy / "both.safetensors")
    let wanted = "not the weights of a HiCMAE: head.weight has no place in a pre-training checkpoint"
    let file = #expect(throws: FileError.self) { try StartingPoint(toy / "both.safetensors") }
    #expect(file?.kind == .badData && file?.path == toy / "both.safetensors" && file?.problem == wanted)
    // A model folder whose weights somebody replaced by such ones.
    try writeSafetensors(try weights(), to: toy / "head.safetensors")
    let model = try ModelImport(
      checkpoint: toy / "head.safetensors", destination: toy / "model", labels: Labels(["a", "b", "c"])
    ).run()
    try FileManager.default.removeItem(atPath: model.weightsPath)
    try FileManager.default.copyItem(atPath: toy / "both.safetensors", toPath: model.weightsPath)
    let folder = #expect(throws: FileError.self) { try StartingPoint(toy / "model") }
    #expect(folder?.path == model.weightsPath && folder?.problem == wanted)
  }

  // Two networks of one modality each

  private static func sizes(_ change: (inout VAVLSizes) -> Void) -> VAVLSizes {
    var sizes = VAVLSizes(
      width: 16, attentionHeads: 2, video: .features(width: 5, steps: 6), audio: .features(width: 7, steps: 4))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes) = (1, 1, 3, 3)
    change(&sizes)
    return sizes
  }

  private func model(
    _ name: String, seed: UInt64, labels: [String] = ["a", "b", "c"], _ sizes: VAVLSizes, in toy: ToyList
  )
    throws -> StartingPoint
  {
    let weights = Weights(fresh: seed)
    _ = try VAVLModel(sizes, weights)
    try writeSafetensors(weights.store, to: toy / "\(name).safetensors")
    var read = ModelImport(
      checkpoint: toy / "\(name).safetensors", destination: toy / name, labels: try Labels(labels))
    read.attributes = sizes.attributes > 0 ? try Labels((0..<sizes.attributes).map { "action\($0)" }) : nil
    _ = try read.run()
    return try StartingPoint(toy / name)
  }

  @Test func whatSeesAndWhatHearsBecomeOne() throws {
    let toy = try ToyList(clips: 1)
    let sees = Self.sizes {
      ($0.audio, $0.attributes, $0.readsActions) = (nil, 2, true)
      $0.video = .features(width: 5, steps: 360)
    }
    let hears = Self.sizes {
      $0.video = nil
      $0.audio = .features(width: 7, steps: 600)
    }
    let (video, audio) = try (
      model("sees", seed: 1, sees, in: toy), model("hears", seed: 2, hears, in: toy)
    )
    let both = try video.joined(with: audio)
    var wanted = sees
    wanted.audio = hears.audio
    #expect(AnySizes(both.sizes) == wanted && both.joined == audio.source && both.source == video.source)
    #expect(both.attributes == ["action0", "action1"] && both.labels == ["a", "b", "c"])
    func values(_ store: any TensorStore, _ name: String) throws -> [Float] {
      let buffer = try store.values(of: name)
      return (0..<buffer.count).map { buffer.base[$0] }
    }
    // Both have shared blocks: those of the first one are taken.
    for (name, from) in [("video.widen.weight", video), ("audio.widen.weight", audio), ("shared.widen.weight", video)] {
      #expect(try values(both.store, name) == values(from.store, name), "\(name)")
    }
    // What sees is the other one now, and has the attributes all the same.
    let other = try audio.joined(with: video)
    #expect(AnySizes(other.sizes) == wanted && other.attributes == both.attributes)
    #expect(try values(other.store, "shared.widen.weight") == values(audio.store, "shared.widen.weight"))
  }

  @Test func whatDoesNotGoTogetherIsNamed() throws {
    let toy = try ToyList(clips: 1)
    let hears = Self.sizes { $0.video = nil }
    let audio = try model("hears", seed: 1, hears, in: toy)
    let others = try [
      model("again", seed: 2, hears, in: toy),
      model("wide", seed: 2, Self.sizes { ($0.audio, $0.taps) = (nil, 5) }, in: toy),
      model("others", seed: 2, labels: ["a", "b", "d"], Self.sizes { $0.audio = nil }, in: toy),
    ]
    for (other, says) in zip(others, ["the same modality", "other sizes", "other classes"]) {
      let error = #expect(throws: FileError.self) { try audio.joined(with: other) }
      #expect(error?.path == other.source.path && error?.problem.contains(says) == true, "\(error.debugDescription)")
    }
  }
}
