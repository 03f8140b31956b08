public import Corpus
internal import Files
internal import Layers
public import Models
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
  public init(_ start: StartingPoint, threads: Int) throws {
    let found = try naming(start.source.path) { try start.sizes.featureExtractor(start.store) }
    guard let found else { throw Self.nothing(start.source.path) }
    (network, labels, dim) = (found, start.labels, found.width)
    operations = Operations(threads: threads)
    want = ClipInputs.Want(
      modalities: start.sizes.modalities, preprocessing: start.preprocessing ?? Preprocessing())
  }

  /// Fresh weights.
  /// - Throws: `FileError` if the network has no features to show.
  public init(_ model: LoadedModel, threads: Int) throws {
    guard let found = model.network as? any FeatureExtractor else { throw Self.nothing(model.config.id) }
    (network, labels, dim) = (found, nil, found.width)
    operations = Operations(threads: threads)
    want = ClipInputs.Want(
      modalities: model.network.sizes.modalities, preprocessing: model.config.preprocessing)
  }

  private static func nothing(_ path: String) -> FileError {
    FileError(.badData, path: path, problem: "its architecture has no features to show")
  }

  /// Of one clip.
  public func features(_ input: ModelInput) -> ClipFeatures {
    operations.reset()
    return network.features(video: rows(input.video, 1), audio: rows(input.audio, 1), operations)
  }
}
