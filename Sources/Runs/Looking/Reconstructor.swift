public import Corpus
internal import Files
internal import HiCMAE
internal import Layers
internal import Models
internal import Tensor

/// What a pre-trained model makes up where patches are hidden from it.
///
/// Not for two threads at once.
public final class Reconstructor {
  public let want: ClipInputs.Want
  private let model: Pretraining
  private let operations: Operations

  /// - Throws: ``FileError`` if there are no decoders, or weights that do not fit.
  public init(_ start: StartingPoint, threads: Int) throws {
    guard let sizes = start.pretraining else {
      throw FileError(
        .badData, path: start.source.path, problem: "has no decoders, which fine-tuning leaves out",
        remedy: "give the pre-trained model that it began with")
    }
    do {
      try sizes.check()
      model = try Pretraining(sizes, Weights(reading: start.store))
    } catch let error as WeightError {
      throw FileError(.badData, path: start.source.path, problem: "\(error)")
    }
    operations = Operations(threads: threads)
    want = ClipInputs.Want(
      modalities: sizes.backbone.modalities, preprocessing: start.preprocessing ?? Preprocessing())
  }

  /// - Parameters:
  ///   - percent: of the places of a frame, and of the spectrogram's patches, that are hidden: from 1 to 99.
  ///   - key: where the choice comes from. What is hidden stays hidden with more percent.
  public func callAsFunction(_ input: ModelInput, hiding percent: Int, key: RandomKey) -> Reconstruction {
    let masks = PatchMasks(percent: percent)
    let mask = Self.mask(masks, key)
    func matrix(_ values: [Float]) -> Matrix? {
      values.isEmpty ? nil : Matrix(FloatBuffer(values), rows: 1, columns: values.count)
    }
    let (video, audio) = (matrix(input.video), matrix(input.audio))
    operations.reset()
    let said = model(video: video, audio: audio, mask: mask, contrast: false, operations)
    let targets = ReconstructionTargets(video: video, audio: audio, mask: mask, operations)
    let scale = want.preprocessing.normalisation
    var result = Reconstruction(percent: percent)
    if let video, let told = said.video, let truth = targets.video {
      let restored = Restoration.pictures(told, in: video, hidden: mask.video.hidden, operations).array
      result.video = Reconstruction.Sense(
        mask.video, values: restored, said: told.array, truth: truth.array, shown: input.video, patchValues: 1536
      ) { value, place in
        let colour = place / (Configuration.videoGrid.values / 3)
        return min(max(Double(value * scale.deviation[colour] + scale.mean[colour]), 0), 1)
      }
    }
    if let audio, let told = said.audio, let truth = targets.audio {
      let restored = Restoration.sounds(told, in: audio, hidden: mask.audio.hidden, operations).array
      result.audio = Reconstruction.Sense(
        mask.audio, values: restored, said: told.array, truth: truth.array, shown: input.audio, patchValues: 256
      ) { value, _ in Double(value * 2 * scale.spectrogramDeviation + scale.spectrogramMean) }
    }
    return result
  }

  private static func mask(_ masks: PatchMasks, _ key: RandomKey) -> PretrainingMask {
    var (first, second) = (key.stream(.videoMask), key.stream(.audioMask))
    let (video, audio) = (masks.video(&first), masks.audio(&second))
    return PretrainingMask(
      hiddenTubes: [(0..<PatchMasks.positions).filter { video[$0] }], audio: [audio.indices.filter { audio[$0] }])
  }
}

extension PatchMasks {
  /// The same share of both modalities, rounded down, but at least one patch.
  public init(percent: Int) {
    precondition((1...99).contains(percent), "hiding \(percent) %")
    self.init()
    hiddenPositions = percent * Self.positions / 100
    hiddenAudio = percent * Self.audioTokens / 100
  }
}

/// One clip, with a share of it made up.
public struct Reconstruction: Sendable {
  public struct Sense: Sendable {
    /// Of each token, in the order of the model.
    public let isHidden: [Bool]
    /// The model's input with the hidden patches made up, normalised; see ``HiCMAE/Restoration``.
    public let values: [Float]
    /// The mean squared error of the hidden patches' targets, which is what pre-training lowers.
    public let error: Double
    /// The same, had the model said nothing but every patch's mean.
    public let errorOfMean: Double
    /// The mean squared error of the hidden patches as they are shown: of pixels from 0 to 1, or of log-mel values.
    public let errorShown: Double

    /// Patches that were made up.
    public var hidden: Int { isHidden.count { $0 } }

    /// - Parameters:
    ///   - shown: the original.
    ///   - natural: a normalised value at a place as it is shown.
    init(
      _ hiding: Hiding, values: [Float], said: [Float], truth: [Float], shown: [Float], patchValues: Int,
      natural: (_ value: Float, _ place: Int) -> Double
    ) {
      var isHidden = [Bool](repeating: false, count: hiding.hidden.tokens)
      for place in hiding.hidden.places { isHidden[place] = true }
      (self.isHidden, self.values) = (isHidden, values)
      let count = Double(truth.count)
      error = zip(said, truth).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) } / count
      errorOfMean = truth.reduce(0.0) { $0 + Double($1) * Double($1) } / count
      var sum = 0.0
      // Visible patches are the same and add nothing.
      for place in values.indices {
        let difference = natural(values[place], place) - natural(shown[place], place)
        sum += difference * difference
      }
      errorShown = sum / Double(hiding.hidden.places.count * patchValues)
    }
  }

  public let percent: Int
  /// nil: the model does not have the modality.
  public internal(set) var video, audio: Sense?

  init(percent: Int) { self.percent = percent }
}
