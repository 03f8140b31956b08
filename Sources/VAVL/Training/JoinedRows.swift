internal import Tensor
internal import Training

/// Results of all clips of a batch that have some, with the way back to the slices that made them.
struct JoinedRows {
  /// Counted from the batch's first clip, in order.
  let clips: [Int]
  /// (clips, columns), and zeros for the derivative of the loss.
  let rows, gradient: Matrix
  private let slices: [ClipRows?]
  private let first: Int

  /// - Parameters:
  ///   - slices: of the learner's clips; nil where no clip has results.
  ///   - columns: of a row.
  ///   - count: the learner's clips.
  ///   - part: which clips of the batch those are.
  ///   - isWanted: whether one of the batch's clips counts; results of others are as if they were not there.
  init(
    _ slices: [ClipRows?], columns: Int, clips count: Int, _ part: BatchPart,
    where isWanted: (Int) -> Bool = { _ in true }
  ) {
    (self.slices, first) = (slices, part.first)
    // For every clip whether it has results, and the results.
    var own = [Double](repeating: 0, count: count * (1 + columns))
    for slice in slices {
      guard let slice else { continue }
      for (row, clip) in slice.clips.enumerated() {
        own[clip * (1 + columns)] = 1
        for column in 0..<columns { own[clip * (1 + columns) + 1 + column] = Double(slice.rows[row, column]) }
      }
    }
    let all = part.gather(own)
    clips = (0..<part.total).filter { all[$0 * (1 + columns)] != 0 && isWanted($0) }
    rows = Matrix(rows: clips.count, columns: columns)
    gradient = Matrix(rows: clips.count, columns: columns)
    for (row, clip) in clips.enumerated() {
      for column in 0..<columns { rows[row, column] = Float(all[clip * (1 + columns) + 1 + column]) }
    }
  }

  /// Adds the derivatives to where the slices' passes take them from.
  func seed(_ pass: SlicedPass) {
    let places = Dictionary(uniqueKeysWithValues: clips.enumerated().map { ($1, $0) })
    for (index, slice) in slices.enumerated() {
      guard let slice else { continue }
      let seed = pass.seed(slice.rows, ofSlice: index)
      for (row, clip) in slice.clips.enumerated() {
        guard let place = places[first + clip] else { continue }
        for column in 0..<seed.columns { seed[row, column] += gradient[place, column] }
      }
    }
  }
}
