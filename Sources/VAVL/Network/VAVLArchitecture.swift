public import Layers
public import Networks
public import Tensor

/// VAVL in the list of architectures.
public struct VAVLArchitecture: Architecture {
  /// Of the encoders that networks may be built on.
  public let families: [any EncoderFamily]

  public init(families: [any EncoderFamily] = []) { self.families = families }

  public var name: String { "vavl" }
  public var title: String { "VAVL" }

  /// Shared blocks, together or apart, are what no other network has.
  public func recognises(_ store: any TensorStore) -> Bool {
    ["shared.", "shared_video.", "shared_audio."].contains { prefix in
      store.names.contains { $0.hasPrefix(prefix + "widen.") }
    }
  }

  public func sizes(of store: any TensorStore) throws(WeightError) -> any NetworkSizes {
    try VAVLSizes(inferredFrom: store, families: families)
  }

  public func sizes(from decoder: any Decoder, isPretraining: Bool) throws -> any NetworkSizes {
    enum Key: String, CodingKey { case sizes }
    let container = try decoder.container(keyedBy: Key.self)
    guard container.contains(.sizes) else { return try container.decode(VAVLSizes.self, forKey: .sizes) }
    return try VAVLSizes(from: container.superDecoder(forKey: .sizes), families: families)
  }

  /// Eight times the published width.
  public var limits: SizeLimits { SizeLimits(widthStep: 4, largest: VAVLSizes.limit) }

  public var presets: [String] { Preset.allCases.map(\.rawValue) }

  public func sizes(for request: SizeRequest) -> (any NetworkSizes)? {
    guard var sizes = Preset(rawValue: request.preset)?.sizes, request.fusionDepth == nil else { return nil }
    sizes.classes = request.outputs
    if let width = request.width { (sizes.width, sizes.attentionHeads) = (width, max(width / 64, 1)) }
    sizes.blocks = request.depth ?? sizes.blocks
    return sizes.problem == nil ? sizes : nil
  }
}

/// Sizes with a name.
private enum Preset: String, CaseIterable {
  case light = "vavl-light"
  case people = "vavl-people"
  case published = "vavl"

  var sizes: VAVLSizes {
    switch self {
    case .light: .light(classes: 0)
    case .people: .people(classes: 0)
    case .published: .published(classes: 0)
    }
  }
}

extension VAVLSizes {
  /// Our own: light encoders and narrow blocks, for any processor.
  public static func light(classes: Int, attributes: Int = 0) -> VAVLSizes {
    var sizes = VAVLSizes(
      width: 128, attentionHeads: 4, video: .light(channels: [16, 32, 64, 64]), audio: .light(channels: [16, 32, 64]))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps) = (1, 1, 7)
    (sizes.classes, sizes.attributes) = (classes, attributes)
    return sizes
  }

  /// Light encoders that are wide enough for the faces and voices of people, and actions of the face.
  public static func people(classes: Int, attributes: Int = 0) -> VAVLSizes {
    var sizes = light(classes: classes, attributes: attributes)
    (sizes.video, sizes.audio) = (.light(channels: [32, 64, 128, 192]), .light(channels: [24, 48, 96]))
    sizes.readsActions = true
    return sizes
  }

  /// The published ones, over features of other networks: wav2vec 2.0 large robust at 50 Hz and EfficientNet-B2 at 30 Hz,
  /// at most 12 s of each.
  public static func published(classes: Int, attributes: Int = 0) -> VAVLSizes {
    var sizes = VAVLSizes(
      video: .features(width: 1408, steps: publishedSteps.video),
      audio: .features(width: 1024, steps: publishedSteps.audio))
    (sizes.bottleneck, sizes.classes, sizes.attributes) = (50, classes, attributes)
    return sizes
  }
}
