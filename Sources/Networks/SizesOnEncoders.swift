/// Sizes of networks that can be built on the encoders of another architecture.
public protocol SizesOnEncoders: NetworkSizes {
  /// The same sizes on the encoders of a network; a modality that it does not have goes.
  ///
  /// - Parameters:
  ///   - network: whose encoders are taken; its architecture must be an ``EncoderFamily``.
  ///   - layers: encoder layers, from 1, that are read; nil: the last one.
  ///   - isFrozen: whether training leaves the encoders as they are.
  /// - Throws: why it cannot be, in one sentence.
  func on(_ network: any NetworkSizes, layers: [Int]?, isFrozen: Bool) throws -> any NetworkSizes
}

/// Why a network cannot be built on another one's encoders.
public struct NoEncoders: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
