internal import Checkpoint
internal import Networks
internal import Tensor

/// A window that `mien bench --input` runs: what other programs are given too, so that their logits can be compared.
struct BenchWindow {
  /// Of the network's shapes, normalised.
  let input: NetworkInput

  /// Reads the tensors 'video' and 'audio' of a safetensors file, as far as the network looks at them.
  /// - Throws: `FileError`; `Failure` where a tensor is missing or of another size.
  init(_ path: String, for shapes: InputShapes) throws {
    let file = try SafetensorsFile(path)
    func tensor(_ name: String, _ shape: InputShape?) throws -> FloatBuffer? {
      guard let count = shape?.count else { return nil }
      let values = try file.values(of: name)
      guard values.count == count else {
        throw Failure(.badData, "\(path): '\(name)' has \(values.count) values; a window has \(count)")
      }
      return values
    }
    input = NetworkInput(video: try tensor("video", shapes.video), audio: try tensor("audio", shapes.audio))
  }
}
