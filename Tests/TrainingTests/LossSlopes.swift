import Tensor
import TestSupport
import Training

/// Gradients of whole models beside differences of the loss.
enum LossSlopes {
  /// For every parameter: the loss's slope along its gradient and along an arbitrary direction, by four losses, beside
  /// what the gradient says; relative to the gradient's length. Losses are float32's, so this finds wrong terms, not wrong
  /// digits: the operations' own tests do that.
  ///
  /// - Parameters:
  ///   - parameters: of the learner.
  ///   - parts: of the names of the parameters that are tried.
  ///   - loss: adds the gradients, and tells the loss.
  static func worst(_ parameters: ParameterSet, of parts: [String], loss: () -> Double) -> WorstDifference {
    parameters.clearGradients()
    _ = loss()
    let gradients = parameters.gradients.array
    var worst = WorstDifference()
    for entry in parameters.entries where parts.contains(where: { $0.isEmpty || entry.name.contains($0) }) {
      let before = entry.range.map { parameters.values.base[$0] }
      let gradient = entry.range.map { Double(gradients[$0]) }
      let length = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let other = Hashed.values(entry.name, count: before.count).array.map(Double.init)
      let otherLength = other.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let size = before.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let mixed = zip(gradient, other).map { $0 / length + $1 / otherLength }
      let said = zip(gradient, mixed).reduce(0) { $0 + $1.0 * $1.1 }
      // Far enough for float32, near enough for a polynomial of degree 4.
      let step = 0.01 * max(size, 1)
      func at(_ distance: Double) -> Double {
        for (index, place) in entry.range.enumerated() {
          parameters.values.base[place] = Float(Double(before[index]) + distance * mixed[index])
        }
        return loss()
      }
      let slope = (8 * (at(step) - at(-step)) - (at(2 * step) - at(-2 * step))) / (12 * step)
      for (index, place) in entry.range.enumerated() { parameters.values.base[place] = before[index] }
      worst.see(entry.name, said, slope, difference: abs(said - slope) / length)
    }
    return worst
  }
}
