public import Networks
internal import Signal
public import Tensor

/// What turns one prepared window into a head's outputs; a model in the product, a formula in tests.
public protocol WindowClassifier: AnyObject {
  /// What a window is made of.
  var inputs: InputShapes { get }

  /// How many numbers come out of every head; of classes and attributes together, where a head of attributes is beside one of
  /// classes.
  var outputs: Int { get }

  /// The outputs of one head. Runs on the calling thread and whatever workers the classifier owns; never suspends.
  /// - Parameters:
  ///   - head: one of the model's, whose modalities are there.
  ///   - video: normalised pixels, of the shape in `inputs`; zeros where the model does not look at them.
  ///   - audio: normalised log-mel values; likewise.
  ///   - picture: where work on `video` may be kept, and whether it has been done already; nil: the head does not look
  ///     at `video`.
  ///   - steps: which frames and rows other windows have, too.
  ///   - outputs: where the results go, as many as `outputs`: the head's, then those of the attributes beside it.
  /// - Throws: what the model has to say; nothing in ordinary operation.
  func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, steps: WindowSteps,
    into outputs: FloatBuffer) throws
}

extension WindowClassifier {
  /// A window as the stream makes it: all of its faces and its whole spectrogram.
  public var inputs: InputShapes {
    InputShapes(
      video: .pictures(frames: WindowSchedule.frames, side: FaceFraming().size),
      audio: .spectrogram(rows: WindowSchedule.rows, bins: FilterBank.bins))
  }
}

/// What can go wrong between a window and an answer; each is a bug or a broken model, never bad input.
public enum RecognitionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The head has another number of outputs than the model has labels.
  case labels(outputs: Int, labels: Int)
  /// The model takes what the stream does not make of a window, such as features of another network.
  case inputs
  /// A crop of another size than the model takes.
  case crop(side: Int, wanted: Int)
  /// The model gave something that is not a number.
  case notFinite(label: String)

  public var description: String {
    switch self {
    case .labels(let outputs, let labels): "the model has \(outputs) outputs but \(labels) labels"
    case .inputs: "the model takes other inputs than faces and a spectrogram"
    case .crop(let side, let wanted): "a face of \(side) pixels where the model takes \(wanted)"
    case .notFinite(let label): "the model's output for \(label) is not a finite number; its weights are broken"
    }
  }
}
