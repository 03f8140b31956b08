public import Corpus
internal import Files
public import HiCMAE
internal import Layers
public import Models
internal import Tensor

/// A model of any kind, and what clips are to it.
///
/// Not for two threads at once.
public final class FeatureReader {
  public let want: ClipInputs.Want
  /// What its outputs are called; nil where there are none, or nobody says.
  public let labels: [String]?
  public let dim: Int
  private let network: Network
  private let operations: Operations

  private enum Network {
    case pretraining(Pretraining)
    case recognition(HiCMAEModel)
  }

  /// - Throws: ``FileError`` if the weights do not fit.
  public init(_ start: StartingPoint, threads: Int) throws {
    func read() throws -> Network {
      guard start.sizes.outputs == 0 else { return .recognition(try HiCMAEModel(reading: start.store)) }
      guard let sizes = start.pretraining else {
        throw WeightError.notThisModel("it has neither a head nor decoders")
      }
      try sizes.check()
      return .pretraining(try Pretraining(sizes, Weights(reading: start.store)))
    }
    do { network = try read() } catch let error as WeightError {
      throw FileError(.badData, path: start.source.path, problem: "\(error)")
    }
    (labels, dim, operations) = (start.labels, start.sizes.dim, Operations(threads: threads))
    want = ClipInputs.Want(
      modalities: start.sizes.modalities, preprocessing: start.preprocessing ?? Preprocessing())
  }

  /// Fresh weights.
  public init(_ model: LoadedModel, threads: Int) {
    let sizes = model.network.configuration
    (network, labels, dim) = (.recognition(model.network), nil, sizes.dim)
    operations = Operations(threads: threads)
    want = ClipInputs.Want(
      modalities: sizes.modalities, preprocessing: model.config.preprocessing)
  }

  /// Of one clip.
  public func features(_ input: ModelInput) -> ClipFeatures {
    func matrix(_ values: [Float]) -> Matrix? {
      values.isEmpty ? nil : Matrix(FloatBuffer(values), rows: 1, columns: values.count)
    }
    let (video, audio) = (matrix(input.video), matrix(input.audio))
    operations.reset()
    return switch network {
    case .pretraining(let model): model.features(video: video, audio: audio, operations)
    case .recognition(let model): model.features(video: video, audio: audio, operations)
    }
  }
}
