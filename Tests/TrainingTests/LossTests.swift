import Glibc
import Tensor
import TestSupport
import Testing
import Training

/// Losses beside plain formulas, and their derivatives beside central differences of themselves.
@Suite struct LossTests {
  private func matrix(_ name: String, _ rows: Int, _ columns: Int) -> Matrix {
    Matrix(Hashed.values(name, count: rows * columns), rows: rows, columns: columns)
  }

  /// The worst difference of `gradients` from central differences of `loss`, relative to the largest.
  private func worst(
    _ name: String, _ inputs: [Matrix], factor: Double, _ loss: (_ gradients: [Matrix]) -> Double
  ) -> WorstDifference {
    func zeros() -> [Matrix] { inputs.map { Matrix(rows: $0.rows, columns: $0.columns) } }
    let gradients = zeros()
    _ = loss(gradients)
    var worst = WorstDifference()
    for (index, input) in inputs.enumerated() {
      let largest = gradients[index].array.map { Double(abs($0)) }.max() ?? 1
      for row in 0..<input.rows {
        for column in 0..<input.columns {
          let value = input[row, column]
          input[row, column] = value + 0x1p-9
          let (above, high) = (loss(zeros()), Double(input[row, column]))
          input[row, column] = value - 0x1p-9
          let (below, low) = (loss(zeros()), Double(input[row, column]))
          input[row, column] = value
          let truth = factor * (above - below) / (high - low)
          let found = Double(gradients[index][row, column])
          worst.see(
            "\(name), input \(index) at \(row), \(column)", found, truth, difference: abs(found - truth) / largest)
        }
      }
    }
    print("loss: \(worst)")
    return worst
  }

  @Test func meanSquaredError() {
    let (p, t) = (matrix("p", 4, 7), matrix("t", 4, 7))
    let truth = zip(p.array, t.array).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) } / 28
    #expect(abs(Losses.meanSquaredError(p, t, gradient: Matrix(rows: 4, columns: 7)) - truth) < 1e-7)
    let found = worst("MSE", [p], factor: 3) { Losses.meanSquaredError(p, t, gradient: $0[0], factor: 3) }
    #expect(found.value < 1e-5, "\(found)")
  }

  /// Rows that count differently, and classes: the targets say it.
  @Test func weightedCrossEntropy() {
    let logits = matrix("weighted logits", 3, 4)
    let targets = Losses.targets(labels: [3, 0, 1], classes: 4, smoothing: 0.1)
    let plain = (0..<3).map { row in
      Losses.crossEntropy(
        logits.rows(row..<row + 1), targets: targets.rows(row..<row + 1), gradient: Matrix(rows: 1, columns: 4))
    }
    let weights: [Float] = [0.5, 2, 1]
    for row in 0..<3 { for column in 0..<4 { targets[row, column] *= weights[row] } }
    let truth = zip(plain, weights).reduce(0) { $0 + $1.0 * Double($1.1) } / 3
    #expect(abs(Losses.crossEntropy(logits, targets: targets, gradient: matrix("g", 3, 4)) - truth) < 1e-6)
    for row in 0..<3 { targets[row, row] *= 3 }
    let found = worst("weighted cross-entropy", [logits], factor: 2) {
      Losses.crossEntropy(logits, targets: targets, gradient: $0[0], factor: 2)
    }
    #expect(found.value < 1e-5, "\(found)")
  }

  @Test func crossEntropy() {
    let logits = matrix("logits", 3, 5)
    let targets = Losses.targets(labels: [4, 0, 2], classes: 5, smoothing: 0.1)
    #expect(abs(targets[0, 4] - 0.92) < 1e-6 && abs(targets[1, 4] - 0.02) < 1e-6)
    let found = worst("cross-entropy", [logits], factor: 0.5) {
      Losses.crossEntropy(logits, targets: targets, gradient: $0[0], factor: 0.5)
    }
    #expect(found.value < 1e-5, "\(found)")
    // Nothing is known: the logarithm of the number of classes.
    let flat = Matrix(rows: 3, columns: 5)
    #expect(abs(Losses.crossEntropy(flat, targets: targets, gradient: matrix("g", 3, 5)) - log(5.0)) < 1e-6)
  }

  @Test func concordance() {
    let (p, t) = (matrix("p", 6, 2), matrix("t", 6, 2))
    let found = worst("1 − CCC", [p], factor: 2) { Losses.concordance(p, t, gradient: $0[0], factor: 2) }
    #expect(found.value < 2e-5, "\(found)")
    #expect(abs(Losses.concordance(t, t, gradient: Matrix(rows: 6, columns: 2))) < 1e-12)
  }

  @Test func contrast() {
    let (v, a) = (matrix("v", 4, 6), matrix("a", 4, 6))
    let found = worst("contrast", [v, a], factor: 0.25) {
      Losses.contrast(
        video: v, audio: a, temperature: 0.5, videoGradient: $0[0], audioGradient: $0[1], factor: 0.25)
    }
    #expect(found.value < 1e-4, "\(found)")
    // Partners that agree, and nobody else: nearly nothing to learn. A batch of one: nothing at all.
    let unit = Matrix(rows: 2, columns: 2)
    (unit[0, 0], unit[1, 1]) = (3, 5)
    func loss(_ x: Matrix) -> Double {
      Losses.contrast(
        video: x, audio: x, temperature: 0.07, videoGradient: Matrix(rows: x.rows, columns: 2),
        audioGradient: Matrix(rows: x.rows, columns: 2))
    }
    #expect(abs(loss(unit) - log(1 + exp(-1 / 0.07))) < 1e-12)
    #expect(loss(unit.rows(0..<1)) == 0)
  }
}
