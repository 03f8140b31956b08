internal import Layers
internal import Tensor
internal import Training

/// Moves the running moments of batch normalisation towards those of a batch (Ioffe and Szegedy 2015, algorithm 2).
struct RunningMoments {
  /// What a batch counts.
  static let momentum = 0.1

  let parameters: ParameterSet

  /// - Parameters:
  ///   - slices: what the learner's slices found, in order; each normalised its own clips.
  ///   - clips: the learner's.
  ///   - part: which clips of the batch those are.
  func take(_ slices: [(clips: Range<Int>, found: TrainingPass)], clips: Int, _ part: BatchPart) {
    for path in parameters.entries.compactMap({ Self.path(of: $0.name) }) { update(path, slices, clips, part) }
  }

  /// The path of a batch normalisation, from the name of its mean.
  private static func path(of name: String) -> String? {
    name.hasSuffix("." + BatchNorm.runningNames[0]) ? String(name.dropLast(BatchNorm.runningNames[0].count)) : nil
  }

  private func update(
    _ path: String, _ slices: [(clips: Range<Int>, found: TrainingPass)], _ clips: Int, _ part: BatchPart
  ) {
    guard let mean = parameters[path + BatchNorm.runningNames[0]],
      let variance = parameters[path + BatchNorm.runningNames[1]]
    else { return }
    let width = mean.range.count
    // Rows, their sum and the sum of their squares, with the slice's first clip; the same number of values for all clips.
    var own = [Double](repeating: 0, count: clips * (1 + 2 * width))
    for slice in slices {
      // Shared blocks are there once for each modality.
      for (found, moments) in slice.found.moments where found == path {
        let start = slice.clips.lowerBound * (1 + 2 * width)
        let count = Double(moments.count)
        own[start] += count
        for column in 0..<width {
          let (m, v) = (Double(moments.mean[0, column]), Double(moments.variance[0, column]))
          own[start + 1 + column] += count * m
          own[start + 1 + width + column] += count * (v + m * m)
        }
      }
    }
    let all = part.gather(own)
    let count = stride(from: 0, to: all.count, by: 1 + 2 * width).reduce(0) { $0 + all[$1] }
    guard count > 1 else { return }
    for column in 0..<width {
      var (sum, squares) = (0.0, 0.0)
      for start in stride(from: 0, to: all.count, by: 1 + 2 * width) {
        sum += all[start + 1 + column]
        squares += all[start + 1 + width + column]
      }
      let m = sum / count
      // Without bias, as running variances are.
      let v = max(squares / count - m * m, 0) * count / (count - 1)
      move(mean.range.lowerBound + column, to: m)
      move(variance.range.lowerBound + column, to: v)
    }
  }

  private func move(_ place: Int, to value: Double) {
    let old = Double(parameters.values.base[place])
    parameters.values.base[place] = Float((1 - Self.momentum) * old + Self.momentum * value)
  }
}
