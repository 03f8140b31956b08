public import Layers
public import Tensor

/// One kind of network: it reads the sizes of its networks from weights and from config.json.
///
/// An architecture is one folder and one entry in the list of the room Architectures. All other rooms see its networks
/// through ``NetworkSizes``, ``Network`` and ``NetworkEngine``; training has protocols of its own.
public protocol Architecture: Sendable {
  /// What config.json calls it, in lower case.
  var name: String { get }
  /// What messages and model cards call it.
  var title: String { get }

  /// Whether the names of these weights are of this architecture.
  func recognises(_ store: any TensorStore) -> Bool

  /// The sizes that the names and shapes of weights imply. Shapes that nothing is inferred from are checked when the
  /// network is built.
  /// - Throws: `WeightError` saying what does not add up.
  func sizes(of store: any TensorStore) throws(WeightError) -> any NetworkSizes

  /// The sizes that a model's config.json has.
  /// - Parameters:
  ///   - decoder: of the whole file. It turns keys from snake_case into camelCase.
  ///   - isPretraining: whether the file is of a pre-training model, which has no heads.
  /// - Throws: `DecodingError` naming the key.
  func sizes(from decoder: any Decoder, isPretraining: Bool) throws -> any NetworkSizes

  /// Names of the sizes that can be had without weights, the smallest first.
  var presets: [String] { get }

  /// Sizes for fresh weights.
  /// - Returns: nil where the architecture has no preset of this name.
  func sizes(for request: SizeRequest) -> (any NetworkSizes)?

  /// How large its networks can be.
  var limits: SizeLimits { get }

  /// The shares of a window's video tokens that networks with video can compute alone; nil: they always compute all.
  var videoTokenShares: ClosedRange<Double>? { get }

  /// Whether networks with video can let a window rest on the encoded video of an earlier one.
  var reusesVideo: Bool { get }
}

extension Architecture {
  public var videoTokenShares: ClosedRange<Double>? { nil }
  public var reusesVideo: Bool { false }
}

/// How large the networks of an architecture can be.
public struct SizeLimits: Hashable, Sendable {
  /// Widths of tokens are multiples of this number.
  public var widthStep: Int
  /// No width and no number of layers is larger, so that nobody's file or option asks for memory without end.
  public var largest: Int

  public init(widthStep: Int, largest: Int) { (self.widthStep, self.largest) = (widthStep, largest) }

  /// Whether tokens can have this width.
  public func allow(width: Int) -> Bool { (1...largest).contains(width) && width.isMultiple(of: widthStep) }
}

/// Sizes that somebody wants for fresh weights.
public struct SizeRequest: Hashable, Sendable {
  /// One of ``Architecture/presets``.
  public var preset: String
  /// Outputs of every head; 0: there is no head.
  public var outputs: Int
  /// Width of tokens, layers of each encoder, and layers of the fusion, where they differ from the preset's.
  public var width, depth, fusionDepth: Int?

  public init(preset: String, outputs: Int, width: Int? = nil, depth: Int? = nil, fusionDepth: Int? = nil) {
    (self.preset, self.outputs) = (preset, outputs)
    (self.width, self.depth, self.fusionDepth) = (width, depth, fusionDepth)
  }
}

extension [any Architecture] {
  /// The architecture that config.json calls `name`; nil if none has it.
  public func named(_ name: String) -> (any Architecture)? { first { $0.name == name } }

  /// The sizes of weights, by the first architecture that recognises their names.
  /// - Throws: `WeightError`. Where no architecture recognises the names, the first one says what it misses.
  public func sizes(of store: any TensorStore) throws(WeightError) -> any NetworkSizes {
    try (first { $0.recognises(store) } ?? self[0]).sizes(of: store)
  }

  /// Sizes for fresh weights, by the first architecture that has the preset; nil if none has it.
  public func sizes(for request: SizeRequest) -> (any NetworkSizes)? {
    for architecture in self {
      if let sizes = architecture.sizes(for: request) { return sizes }
    }
    return nil
  }
}
