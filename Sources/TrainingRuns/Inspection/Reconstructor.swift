public import Clips
internal import Files
internal import Models
internal import Networks
public import Tensor

/// What a pre-trained model makes up where patches are hidden from it.
///
/// Not for two threads at once.
public final class Reconstructor {
  public let want: ClipInputs.Want
  /// What the network takes.
  let inputs: InputShapes
  /// Frames of one video patch.
  let patchFrames: Int
  private let network: any PatchReconstructor
  private let operations: Operations

  /// - Throws: `FileError` if there are no decoders, or weights that do not fit.
  public init(_ start: StartingPoint, threads: Int) throws {
    let found = try naming(start.source.path) { try start.sizes.patchReconstructor(start.store) }
    guard let found else {
      throw FileError(
        .badData, path: start.source.path, problem: "has no decoders, which fine-tuning leaves out",
        remedy: "give the pre-trained model that it began with")
    }
    (network, inputs, patchFrames) = (found, found.inputs, found.patchFrames)
    operations = Operations(threads: threads)
    want = ClipInputs.Want(
      modalities: start.sizes.modalities, preprocessing: start.preprocessing ?? Preprocessing())
  }

  /// - Parameters:
  ///   - input: of one clip, nothing hidden.
  ///   - percent: of patches that are hidden: from 1 to 99.
  ///   - key: where the choice comes from. What is hidden stays hidden with more percent.
  public func callAsFunction(_ input: ModelInput, hiding percent: Int, key: RandomKey) -> Reconstruction {
    let found = network.reconstruct(
      video: rows(input.video, 1), audio: rows(input.audio, 1), hiding: percent, key: key, operations)
    let scale = want.preprocessing.normalisation
    var result = Reconstruction(percent: percent)
    result.video = found.video.map { part in
      Reconstruction.Part(part, shown: input.video) { value, place in
        let colour = place / (input.video.count / 3)
        return min(max(Double(value * scale.deviation[colour] + scale.mean[colour]), 0), 1)
      }
    }
    result.audio = found.audio.map { part in
      Reconstruction.Part(part, shown: input.audio) { value, _ in
        Double(value * 2 * scale.spectrogramDeviation + scale.spectrogramMean)
      }
    }
    return result
  }
}

/// One clip, with a share of it made up.
public struct Reconstruction: Sendable {
  /// One modality.
  public struct Part: Sendable {
    /// Of each value of the input.
    public let isHidden: [Bool]
    /// The model's input with the hidden patches made up, normalised.
    public let values: [Float]
    /// Patches that were made up, and patches in all.
    public let hidden, patches: Int
    /// The mean squared error of the hidden patches' targets, which is what pre-training lowers.
    public let error: Double
    /// The same, had the model said nothing but every patch's mean.
    public let errorOfMean: Double
    /// The mean squared error of the hidden patches as they are shown: of pixels from 0 to 1, or of log-mel values.
    public let errorShown: Double

    /// - Parameters:
    ///   - shown: the original.
    ///   - natural: a normalised value at a place as it is shown.
    init(_ found: PatchReconstruction, shown: [Float], natural: (_ value: Float, _ place: Int) -> Double) {
      (isHidden, values, hidden, patches) = (found.isHidden, found.values, found.hidden, found.patches)
      let count = Double(found.targets.count)
      error =
        zip(found.predicted, found.targets).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) } / count
      errorOfMean = found.targets.reduce(0.0) { $0 + Double($1) * Double($1) } / count
      var sum = 0.0
      // Visible patches are the same and add nothing.
      for place in values.indices {
        let difference = natural(values[place], place) - natural(shown[place], place)
        sum += difference * difference
      }
      errorShown = sum / count
    }
  }

  public let percent: Int
  /// nil: the model does not have the modality.
  public internal(set) var video, audio: Part?

  init(percent: Int) { self.percent = percent }
}
