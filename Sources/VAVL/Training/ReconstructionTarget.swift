internal import Layers
internal import Networks
internal import Tensor
internal import VAVL

extension VAVLSizes {
  /// What reconstruction predicts of clips: the time mean of their input, (clips, target width).
  ///
  /// Of features from outside and of a trained encoder these are the features' means, as published. A light encoder begins
  /// with nothing, and its features would only become easier to predict, so the means are of what it sees: bins of the
  /// spectrogram, and the face in 10×10 parts.
  /// - Parameters:
  ///   - x: (clips, values of the input).
  ///   - features: (clips · steps, feature width).
  ///   - lengths: steps of each clip that count, of features.
  ///   - frames: how many frames of each clip there are; nil: all of a window.
  func reconstructionTarget(
    _ x: Matrix, _ features: Matrix, lengths: [Int], frames: [Int]? = nil, _ modality: Modality,
    _ operations: Operations
  ) -> Matrix {
    switch self[modality] {
    case .features, .pretrained:
      let sequences = PaddedSequences(tokens: steps(modality), lengths: lengths)
      return operations.unrecorded { operations.meanOverTokens(features, sequences) }
    case .light where modality == .audio:
      let (rows, bins) = (Self.rows, Self.bins)
      return operations.meanOverTokens(
        Matrix(x.buffer, offset: x.offset, rows: x.rows * rows, columns: bins), batch: x.rows)
    case .light: return faces(x, frames, operations)
    case nil: preconditionFailure("the model does not have \(modality)")
    }
  }

  /// Means over time and over 16×16 places, of each colour.
  private func faces(_ x: Matrix, _ counts: [Int]?, _ operations: Operations) -> Matrix {
    let (frames, side, parts) = (Self.frames, Self.side, Self.parts)
    let (part, y) = (side / parts, operations.matrix(rows: x.rows, columns: 3 * parts * parts))
    for clip in 0..<x.rows {
      let count = counts?[clip] ?? frames
      let share = 1 / Float(count * part * part)
      for target in 0..<y.columns {
        let (colour, place) = (target / (parts * parts), target % (parts * parts))
        let (top, left) = (place / parts * part, place % parts * part)
        var sum: Float = 0
        for frame in 0..<count {
          for row in top..<top + part {
            let line = x.base + clip * x.rowStride + ((colour * frames + frame) * side + row) * side + left
            for column in 0..<part { sum += line[column] }
          }
        }
        y.base[clip * y.rowStride + target] = sum * share
      }
    }
    return y
  }
}
