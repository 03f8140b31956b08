internal import Glibc
public import Tensor

/// Losses of a batch. Each returns its value and adds `factor` times its derivative to the gradient that it is given.
/// Values are summed in double precision.
public enum Losses {
  /// The mean of (prediction − target)² over all values; all (rows, columns).
  public static func meanSquaredError(
    _ prediction: Matrix, _ target: Matrix, gradient: Matrix, factor: Double = 1
  ) -> Double {
    let count = Double(prediction.rows * prediction.columns)
    return squares(prediction, target, gradient: gradient, factor: factor / count) / count
  }

  /// The sum of (prediction − target)²; all (rows, columns).
  package static func squares(_ prediction: Matrix, _ target: Matrix, gradient: Matrix, factor: Double) -> Double {
    precondition(prediction.rows == target.rows && prediction.columns == target.columns, "shapes differ")
    precondition(gradient.rows == target.rows && gradient.columns == target.columns, "the gradient's shape differs")
    let slope = Float(2 * factor)
    var sum = 0.0
    for row in 0..<prediction.rows {
      let (p, t) = (prediction.base + row * prediction.rowStride, target.base + row * target.rowStride)
      let g = gradient.base + row * gradient.rowStride
      for column in 0..<prediction.columns {
        let difference = p[column] - t[column]
        sum += Double(difference) * Double(difference)
        g[column] += slope * difference
      }
    }
    return sum
  }

  /// The mean over rows of −Σ target · log softmax(logits): logits, targets and gradient (batch, classes). The targets
  /// of a row sum to 1, or to what the row counts: targets times weights of classes are a weighted loss.
  public static func crossEntropy(_ logits: Matrix, targets: Matrix, gradient: Matrix, factor: Double = 1) -> Double {
    precondition(targets.rows == logits.rows && targets.columns == logits.columns, "shapes differ")
    var loss = 0.0
    for row in 0..<logits.rows {
      let scores = (0..<logits.columns).map { Double(logits[row, $0]) }
      let top = scores.max() ?? 0
      let logSum = top + log(scores.reduce(0) { $0 + exp($1 - top) })
      let sum = scores.indices.reduce(0.0) { $0 + Double(targets[row, $1]) }
      for (column, score) in scores.enumerated() {
        let target = Double(targets[row, column])
        loss -= target * (score - logSum)
        gradient[row, column] += Float(factor * (sum * exp(score - logSum) - target) / Double(logits.rows))
      }
    }
    return loss / Double(logits.rows)
  }

  /// What ``crossEntropy(_:targets:gradient:factor:)`` wants for labels: 1 − smoothing at the label, and `smoothing`
  /// shared among all classes.
  public static func targets(labels: [Int], classes: Int, smoothing: Float) -> Matrix {
    let result = Matrix(rows: labels.count, columns: classes)
    for (row, label) in labels.enumerated() {
      precondition(0..<classes ~= label, "label \(label) of \(classes) classes")
      for column in 0..<classes {
        result[row, column] = smoothing / Float(classes) + (column == label ? 1 - smoothing : 0)
      }
    }
    return result
  }

  /// 1 − CCC, the mean over columns (Lin 1989): CCC = 2·cov / (var + var + (difference of means)²), moments dividing by
  /// the number of rows. All (batch, attributes).
  public static func concordance(
    _ prediction: Matrix, _ target: Matrix, gradient: Matrix, factor: Double = 1
  ) -> Double {
    precondition(prediction.rows == target.rows && prediction.columns == target.columns, "shapes differ")
    let (rows, columns) = (prediction.rows, prediction.columns)
    let count = Double(rows)
    var loss = 0.0
    for column in 0..<columns {
      let p = (0..<rows).map { Double(prediction[$0, column]) }
      let t = (0..<rows).map { Double(target[$0, column]) }
      let (pMean, tMean) = (p.reduce(0, +) / count, t.reduce(0, +) / count)
      func moment(_ a: [Double], _ aMean: Double, _ b: [Double], _ bMean: Double) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - aMean) * ($1.1 - bMean) } / count
      }
      let above = 2 * moment(p, pMean, t, tMean)
      // Equal constants agree, but have no correlation; a floor keeps the quotient a number.
      let below = max(
        moment(p, pMean, p, pMean) + moment(t, tMean, t, tMean) + (pMean - tMean) * (pMean - tMean), 1e-12)
      loss += 1 - above / below
      for row in 0..<rows {
        let aboveSlope = 2 * (t[row] - tMean) / count
        let belowSlope = 2 * (p[row] - pMean) / count + 2 * (pMean - tMean) / count
        let slope = -(aboveSlope * below - above * belowSlope) / (below * below)
        gradient[row, column] += Float(factor * slope / Double(columns))
      }
    }
    return loss / Double(columns)
  }

  /// Symmetric InfoNCE of a batch (van den Oord et al. 2018). Rows of both modalities are scaled to length 1, and their
  /// products over `temperature` are logits, of which the right one is that of the same clip. The loss is half the
  /// cross-entropy of each direction. All (batch, dim).
  public static func contrast(
    video: Matrix, audio: Matrix, temperature: Double, videoGradient: Matrix, audioGradient: Matrix, factor: Double = 1
  ) -> Double {
    precondition(video.rows == audio.rows && video.columns == audio.columns, "shapes differ")
    let (seen, heard) = (Directions(video), Directions(audio))
    let batch = video.rows
    let logits = seen.rows.map { a in heard.rows.map { b in dot(a, b) / temperature } }
    /// log Σ exp of a row or a column.
    func logSum(_ values: [Double]) -> Double {
      let top = values.max() ?? 0
      return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }
    let across = logits.map(logSum)
    let down = (0..<batch).map { column in logSum(logits.map { $0[column] }) }
    var loss = 0.0
    var slopes = logits
    for i in 0..<batch {
      loss += (across[i] + down[i] - 2 * logits[i][i]) / 2
      for j in 0..<batch {
        let shares = exp(logits[i][j] - across[i]) + exp(logits[i][j] - down[j])
        slopes[i][j] = (shares / 2 - (i == j ? 1 : 0)) * factor / Double(batch) / temperature
      }
    }
    seen.addGradient(to: videoGradient) { row, column in
      (0..<batch).reduce(0) { $0 + slopes[row][$1] * heard.rows[$1][column] }
    }
    heard.addGradient(to: audioGradient) { row, column in
      (0..<batch).reduce(0) { $0 + slopes[$1][row] * seen.rows[$1][column] }
    }
    return loss / Double(batch)
  }

  fileprivate static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}

/// Rows scaled to length 1, and the way back.
private struct Directions {
  let rows: [[Double]]
  let lengths: [Double]

  init(_ matrix: Matrix) {
    let values = (0..<matrix.rows).map { row in (0..<matrix.columns).map { Double(matrix[row, $0]) } }
    let lengths = values.map { max(Losses.dot($0, $0).squareRoot(), 1e-12) }
    (rows, self.lengths) = (zip(values, lengths).map { row, length in row.map { $0 / length } }, lengths)
  }

  /// With u the direction and du its derivative, dx = (du − u·(u·du)) / length.
  func addGradient(to gradient: Matrix, _ derivative: (_ row: Int, _ column: Int) -> Double) {
    for (row, direction) in rows.enumerated() {
      let derivatives = direction.indices.map { derivative(row, $0) }
      let along = Losses.dot(direction, derivatives)
      for column in direction.indices {
        gradient[row, column] += Float((derivatives[column] - direction[column] * along) / lengths[row])
      }
    }
  }
}
