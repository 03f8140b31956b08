public import Layers
public import Networks
public import Tensor

/// HiCMAE (hierarchical contrastive masked autoencoder, arXiv 2401.05698) behind the interface of all architectures.
///
/// The sizes of its networks are ``Configuration`` for recognition and ``PretrainingConfiguration`` for pre-training.
public struct HiCMAEArchitecture: Architecture {
  public init() {}

  public var name: String { "hicmae" }
  public var title: String { "HiCMAE" }

  /// Both encoders' names, and nothing else, begin so.
  public func recognises(_ store: any TensorStore) -> Bool {
    store.names.contains { $0.hasPrefix("encoder.") || $0.hasPrefix("encoder_audio.") }
  }

  /// Those of pre-training where there is no head, but decoders. A checkpoint does not say which layers the decoders look
  /// at: the usual ones are taken.
  public func sizes(of store: any TensorStore) throws(WeightError) -> any NetworkSizes {
    let backbone = try Configuration(inferredFrom: store)
    guard backbone.outputs == 0, Self.hasDecoders(store) else { return backbone }
    return try PretrainingConfiguration(inferredFrom: store)
  }

  static func hasDecoders(_ store: any TensorStore) -> Bool {
    store.names.contains { $0.hasPrefix("encoder_to_decoder") }
  }

  /// Attention heads have one width; the largest is eight times the widest published model.
  public var limits: SizeLimits { SizeLimits(widthStep: Configuration.headWidth, largest: 4096) }

  /// At least the first tubelets, which are an eighth of all.
  public var videoTokenShares: ClosedRange<Double>? { TokenPruning.shares }
  public var reusesVideo: Bool { true }

  public var presets: [String] { Preset.allCases.map(\.rawValue) }

  public func sizes(for request: SizeRequest) -> (any NetworkSizes)? {
    guard let preset = Preset(rawValue: request.preset) else { return nil }
    var sizes = preset.configuration(outputs: request.outputs)
    sizes.dim = request.width ?? sizes.dim
    (sizes.videoDepth, sizes.audioDepth) = (request.depth ?? sizes.videoDepth, request.depth ?? sizes.audioDepth)
    sizes.fusionDepth = request.fusionDepth ?? sizes.fusionDepth
    return sizes
  }
}

/// Sizes with a name.
private enum Preset: String, CaseIterable {
  case nano, tiny, small, base

  func configuration(outputs: Int) -> Configuration {
    switch self {
    case .nano: .nano(outputs: outputs)
    case .tiny: .tiny(outputs: outputs)
    case .small: .small(outputs: outputs)
    case .base: .base(outputs: outputs)
    }
  }
}

extension WeightError {
  /// Names and shapes from which no sizes of a HiCMAE follow.
  static func notThisModel(_ reason: String) -> WeightError {
    .notThisModel(HiCMAEArchitecture().title, reason)
  }
}
