public import Tensor

/// A running mean of a model's parameters (Polyak and Juditsky 1992, with an exponential window): often answers better
/// than the last step's values.
public final class WeightAverage {
  /// What of the mean stays at every step, below 1.
  public let decay: Double
  private let parameters: ParameterSet
  private let values: FloatBuffer

  /// Begins with the values as they are now.
  public init(_ parameters: ParameterSet, decay: Double) {
    precondition((0..<1).contains(decay), "an average of decay \(decay)")
    (self.parameters, self.decay) = (parameters, decay)
    values = FloatBuffer(count: parameters.values.count)
    values.base.update(from: parameters.values.base, count: values.count)
  }

  /// Takes the values after a step.
  public func add() {
    let (kept, new) = (Float(decay), Float(1 - decay))
    for index in 0..<values.count {
      values.base[index] = kept * values.base[index] + new * parameters.values.base[index]
    }
  }

  /// The mean by name, without a copy: a model that is built on it follows it.
  public var store: any TensorStore { parameters.store(of: values) }

  /// Goes on from a mean that was saved.
  /// - Throws: `WeightError` if one is missing or has another shape, or the store's error.
  public func restore(_ store: any TensorStore) throws { try parameters.restore(store, into: values) }
}
