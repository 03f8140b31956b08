public import Tensor

/// Turns the decoders' predictions of hidden patches back into video and audio: the inverse of ``ReconstructionTargets``.
///
/// A target has lost its patch's mean and deviation, so both are taken from the original, as is usual where
/// reconstructions are shown. Visible patches stay the original's.
public enum Restoration {
  /// - Parameters:
  ///   - said: (hidden places, 1536), as ``ReconstructionTargets/video``.
  ///   - video: the original, (batch, 3·16·160·160), normalised as the model wants it.
  ///   - hidden: the tokens that `said` is about.
  ///   - operations: does the work.
  /// - Returns: the same shape and scale, in memory of its own.
  public static func pictures(_ said: Matrix, in video: Matrix, hidden: TokenChoice, _ operations: Operations) -> Matrix
  {
    let grid = Configuration.videoGrid
    let original = operations.unfold(video, grid, only: hidden)
    precondition(said.rows == original.rows && said.columns == original.columns, "what is said is of other patches")
    let plane = grid.patchHeight * grid.patchWidth
    let patch = operations.matrix(rows: 1, columns: grid.patchValues)
    let result = copy(video)
    for (row, place) in hidden.places.enumerated() {
      let told = said.base + row * said.rowStride
      for colour in 0..<grid.channels {
        let start = colour * grid.patchDepth * plane
        let (mean, scale) = ReconstructionTargets.normal(
          ofColour: colour, original.base + row * original.rowStride + start, grid.patchDepth * plane)
        for value in 0..<plane {
          let first = told[value * grid.channels + colour]
          // Of the second frame the difference is said.
          let second = first + told[(plane + value) * grid.channels + colour]
          patch.base[start + value] = first / scale + mean
          patch.base[start + plane + value] = second / scale + mean
        }
      }
      put(patch, at: place, of: grid, into: result.rows(row / hidden.count..<row / hidden.count + 1))
    }
    return result
  }

  /// - Parameters:
  ///   - said: (hidden places, 256), as ``ReconstructionTargets/audio``.
  ///   - audio: the original, (batch, 256·128), normalised as the model wants it.
  ///   - hidden: the tokens that `said` is about.
  ///   - operations: does the work.
  /// - Returns: the same shape and scale, in memory of its own.
  public static func sounds(_ said: Matrix, in audio: Matrix, hidden: TokenChoice, _ operations: Operations) -> Matrix {
    let grid = Configuration.audioGrid
    let original = operations.unfold(audio, grid, only: hidden)
    precondition(said.rows == original.rows && said.columns == original.columns, "what is said is of other patches")
    let patch = operations.matrix(rows: 1, columns: grid.patchValues)
    let result = copy(audio)
    for (row, place) in hidden.places.enumerated() {
      let (mean, scale) = ReconstructionTargets.normal(
        ofSound: original.base + row * original.rowStride, grid.patchValues)
      let told = said.base + row * said.rowStride
      for value in 0..<grid.patchValues { patch.base[value] = told[value] / scale + mean }
      put(patch, at: place, of: grid, into: result.rows(row / hidden.count..<row / hidden.count + 1))
    }
    return result
  }

  private static func copy(_ values: Matrix) -> Matrix {
    Matrix(FloatBuffer(values.array), rows: values.rows, columns: values.columns)
  }

  /// The inverse of `unfold` for one patch.
  private static func put(_ patch: Matrix, at place: Int, of grid: PatchGrid, into whole: Matrix) {
    var from = patch.base
    grid.eachRun(ofPatch: place) { start in
      (whole.base + start).update(from: from, count: grid.patchWidth)
      from += grid.patchWidth
    }
  }
}
