public import Files
public import Layers
public import Tensor

/// The sizes of one network: what goes in, what comes out, how it is written into config.json, and the network itself.
public protocol NetworkSizes: Hashable, Sendable {
  var architecture: any Architecture { get }

  /// What the network takes of a window.
  var inputs: InputShapes { get }

  /// What the network answers, in the order of its outputs; the first one rests on all modalities of ``inputs``. All of
  /// one task have the same number of outputs. A network may have heads of both tasks: then those of classes come first,
  /// and beside each is one of attributes for the same modalities. Empty for a pre-training model.
  var heads: [Head] { get }

  /// Width of tokens.
  var width: Int { get }

  /// One line for messages, such as "dim 256, depth 10 and 10, fusion 2, 6 outputs".
  var summary: String { get }

  /// One line for model cards.
  var details: String { get }

  /// Floating-point operations of one window in units of 10⁹: two for every multiplication of a matrix product.
  var gigaflops: Double { get }

  /// The sizes in config.json: the value of the key "sizes", and further keys that are the architecture's own.
  var json: (sizes: JSON, more: [JSON.Member]) { get }

  /// The same sizes, and what an older config.json does not say of them, from weights.
  /// - Throws: `WeightError` saying what does not add up.
  func completed(by store: any TensorStore) throws(WeightError) -> any NetworkSizes

  /// Whether a network of these sizes takes weights whose names and shapes imply the sizes `found`. Weights need not tell
  /// everything that config.json says. Unless an architecture says otherwise: whether both are equal.
  func fits(_ found: any NetworkSizes) -> Bool

  /// The network with these weights.
  /// - Throws: `WeightError` naming what does not fit, or that there is no head; the store's error if it cannot be read.
  func network(_ weights: Weights) throws -> any Network

  /// Proves weights: every name is used, every shape fits, every value is finite. Pre-training models too.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func prove(_ store: any TensorStore) throws

  /// The kernels of a window, in the network's order, equal shapes together. Empty: they are not known.
  /// - Parameter packing: how their weights are packed.
  func kernels(_ packing: WeightPacking) -> [WindowKernel]

  /// What computes features of clips; nil: the network has none to show.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func featureExtractor(_ store: any TensorStore) throws -> (any FeatureExtractor)?

  /// What reconstructs hidden patches of clips; nil: the network cannot.
  /// - Throws: `WeightError`, or the store's error if it cannot be read.
  func patchReconstructor(_ store: any TensorStore) throws -> (any PatchReconstructor)?
}

extension NetworkSizes {
  public var modalities: Modalities { inputs.modalities }

  /// Outputs of every head of the first one's task; 0 without heads.
  public var outputs: Int { heads.first?.outputs ?? 0 }

  /// Outputs of the heads of attributes that are beside those of classes; 0: there are none.
  public var attributeOutputs: Int {
    heads.first?.task == .classification ? heads.first { $0.task == .regression }?.outputs ?? 0 : 0
  }

  public func completed(by store: any TensorStore) throws(WeightError) -> any NetworkSizes { self }
  public func fits(_ found: any NetworkSizes) -> Bool { AnySizes(self) == AnySizes(found) }
  public func kernels(_ packing: WeightPacking) -> [WindowKernel] { [] }
  public func featureExtractor(_ store: any TensorStore) throws -> (any FeatureExtractor)? { nil }
  public func patchReconstructor(_ store: any TensorStore) throws -> (any PatchReconstructor)? { nil }

  /// The network with fresh weights, the same for the same seed; the answers mean nothing.
  ///
  /// - Precondition: The sizes have a head.
  public func freshNetwork(seed: UInt64, packing: WeightPacking? = nil) -> any Network {
    do {
      return try network(Weights(fresh: seed, packing: packing))
    } catch {
      preconditionFailure("fresh weights always fit: \(error)")
    }
  }
}

/// The sizes of a network of any architecture, to keep and to compare.
public struct AnySizes: Hashable, Sendable {
  public let base: any NetworkSizes

  public init(_ base: any NetworkSizes) { self.base = base }

  public var modalities: Modalities { base.modalities }
  public var outputs: Int { base.outputs }
  public var attributeOutputs: Int { base.attributeOutputs }
  public var heads: [Head] { base.heads }

  public static func == (one: AnySizes, other: AnySizes) -> Bool { AnyHashable(one.base) == AnyHashable(other.base) }

  /// Whether both are of one architecture and equal.
  public static func == (one: AnySizes, other: some NetworkSizes) -> Bool { one == AnySizes(other) }

  public func hash(into hasher: inout Hasher) { hasher.combine(AnyHashable(base)) }
}
