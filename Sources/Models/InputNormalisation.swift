/// How a model wants its pixels and its spectrogram; part of its config.json.
public struct InputNormalisation: Sendable, Hashable {
  /// Of red, green, blue, after the bytes became 0 to 1.
  public var mean: [Float] = [0.485, 0.456, 0.406]
  public var deviation: [Float] = [0.229, 0.224, 0.225]
  /// A spectrogram value x becomes (x − mean) / (2 · deviation).
  public var spectrogramMean: Float = -4.2677393
  public var spectrogramDeviation: Float = 4.5689974

  public init() {}
}
