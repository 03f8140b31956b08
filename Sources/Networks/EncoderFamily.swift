public import Files
public import Layers
public import Tensor

/// Encoders of one architecture that networks of others can be built on: what a window of one modality gives, step by
/// step.
public protocol EncoderFamily: Sendable {
  /// What config.json calls its encoders, in lower case.
  var encoderKind: String { get }

  /// The sizes that config.json has of an encoder.
  /// - Parameters:
  ///   - modality: what it encodes.
  ///   - decoder: of the encoder's object. It turns keys from snake_case into camelCase.
  /// - Throws: `DecodingError` naming the key.
  func encoder(_ modality: Modality, from decoder: any Decoder) throws -> any EncoderSizes

  /// The encoder of one modality of a network of this family.
  ///
  /// - Parameters:
  ///   - modality: what it encodes.
  ///   - network: the sizes of the whole network.
  ///   - layers: that are read, from 1; nil: the last one.
  /// - Returns: nil where the network lacks the modality.
  /// - Throws: `WeightError` for layers that the encoder does not have.
  func encoder(
    _ modality: Modality, of network: any NetworkSizes, layers: [Int]?
  ) throws(WeightError) -> (any EncoderSizes)?

  /// The encoder of one modality in the weights of a network that was built on it.
  ///
  /// - Parameters:
  ///   - modality: what it encodes.
  ///   - store: the network's weights.
  ///   - prefix: what stands before the encoder's names, with its dot.
  /// - Returns: nil where the weights are not of this family, or lack the modality.
  /// - Throws: `WeightError` saying what does not add up.
  func encoder(
    _ modality: Modality, in store: any TensorStore, under prefix: String
  ) throws(WeightError) -> (any EncoderSizes)?
}

/// The sizes of one encoder.
public protocol EncoderSizes: Hashable, Sendable {
  var family: any EncoderFamily { get }
  /// What it takes of a window.
  var input: InputShape { get }
  /// Steps of a window, and values of a step's features.
  var steps: Int { get }
  var width: Int { get }
  /// Floating-point operations of one window in units of 10⁹.
  var gigaflops: Double { get }
  /// One or two words for messages.
  var summary: String { get }
  /// The members of the object in config.json, besides its kind: what ``EncoderFamily/encoder(_:from:)`` reads.
  var json: [JSON.Member] { get }

  /// The encoder with these weights.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func encoder(_ weights: Weights) throws -> any StepEncoder

  /// What a network of the family calls a parameter that this encoder calls `name`.
  func nameInNetwork(_ name: String) -> String
}

/// An encoder with its weights.
public protocol StepEncoder: Sendable {
  /// x (batch, values of the input), normalised, to (batch · steps, width).
  func callAsFunction(_ x: Matrix, _ operations: Operations) -> Matrix
}

/// The sizes of an encoder of any family, to keep and to compare.
public struct AnyEncoderSizes: Hashable, Sendable {
  public let base: any EncoderSizes

  public init(_ base: any EncoderSizes) { self.base = base }

  public static func == (one: AnyEncoderSizes, other: AnyEncoderSizes) -> Bool {
    AnyHashable(one.base) == AnyHashable(other.base)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}
