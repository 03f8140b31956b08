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
}
