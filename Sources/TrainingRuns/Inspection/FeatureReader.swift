public import Clips
internal import Files
internal import Layers
internal import Models
public import Networks
internal import Tensor

/// A model of any kind, and what clips are to it.
///
/// Not for two threads at once.
public final class FeatureReader {
  public let want: ClipInputs.Want
  /// What its outputs are called; nil where there are none, or nobody says.
  public let labels: [String]?
  public let dim: Int
  private let network: any FeatureExtractor
  private let operations: Operations

  /// - Throws: `FileError` if the weights do not fit, or have no features to show.
  public convenience init(_ start: StartingPoint, threads: Int) throws {
    try self.init(
      start.sizes, start.store, called: start.source.path, labels: start.labels,
      preprocessing: start.preprocessing ?? Preprocessing(), threads: threads)
  }

  /// Fresh weights, whose features mean nothing; the same seed gives the same.
  ///
  /// - Parameters:
  ///   - sizes: with a head.
  ///   - name: what messages call the network.
  ///   - seed: of the weights.
  ///   - threads: that share the work.
  /// - Throws: `FileError` if the network has no features to show.
  public convenience init(untrained sizes: any NetworkSizes, called name: String, seed: UInt64, threads: Int) throws {
    let fresh = Weights(fresh: seed)
    _ = try naming(name) { try sizes.network(fresh) }
    try self.init(
      sizes, fresh.store, called: name, labels: nil, preprocessing: Preprocessing(), threads: threads)
  }

  private init(
    _ sizes: any NetworkSizes, _ store: any TensorStore, called name: String, labels: [String]?,
    preprocessing: Preprocessing, threads: Int
  ) throws {
    guard let found = try naming(name, { try sizes.featureExtractor(store) }) else {
      throw FileError(.badData, path: name, problem: "its architecture has no features to show")
    }
    (network, self.labels, dim) = (found, labels, found.width)
    operations = Operations(threads: threads)
    want = ClipInputs.Want(modalities: sizes.modalities, preprocessing: preprocessing)
  }

  /// Of one clip.
  public func features(_ input: ModelInput) -> ClipFeatures {
    operations.reset()
    return network.features(video: rows(input.video, 1), audio: rows(input.audio, 1), operations)
  }
}
