internal import Checkpoint
internal import HiCMAE
internal import Tensor

/// A window that `mien bench --input` runs: what other programs are given too, so that their logits can be compared.
struct BenchWindow {
  /// (3, 16, 160, 160) and (256, 128), normalised.
  let inputs: (video: FloatBuffer, audio: FloatBuffer)

  /// Reads the tensors 'video' and 'audio' of a safetensors file.
  /// - Throws: `FileError`; `Failure` where a tensor is missing or of another size.
  init(_ path: String) throws {
    let file = try SafetensorsFile(path)
    func tensor(_ name: String, _ count: Int) throws -> FloatBuffer {
      let values = try file.values(of: name)
      guard values.count == count else {
        throw Failure(.badData, "\(path): '\(name)' has \(values.count) values; a window has \(count)")
      }
      return values
    }
    inputs = (
      try tensor("video", Configuration.videoGrid.values), try tensor("audio", Configuration.audioGrid.values)
    )
  }
}
