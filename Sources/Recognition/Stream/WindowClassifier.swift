public import Tensor

/// What turns one prepared window into a head's outputs; a model in the product, a formula in tests.
public protocol WindowClassifier: AnyObject {
  /// How many numbers come out.
  var outputs: Int { get }

  /// Runs on the calling thread and whatever workers the classifier owns; never suspends.
  /// - Parameters:
  ///   - video: normalised pixels, (3, 16, 160, 160).
  ///   - audio: normalised log-mel values, (256, 128).
  ///   - isSamePicture: whether `video` is what it was in the call before, so that work on it need not be done again.
  ///   - outputs: where the results go, as many as `outputs`.
  /// - Throws: what the model has to say; nothing in ordinary operation.
  func outputs(video: FloatBuffer, audio: FloatBuffer, isSamePicture: Bool, into outputs: FloatBuffer) throws
}

/// What can go wrong between a window and an answer; each is a bug or a broken model, never bad input.
public enum RecognitionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The head has another number of outputs than the model has labels.
  case labels(outputs: Int, labels: Int)
  /// A crop of another size than the model takes.
  case crop(side: Int, wanted: Int)
  /// The model gave something that is not a number.
  case notFinite(label: String)

  public var description: String {
    switch self {
    case .labels(let outputs, let labels): "the model has \(outputs) outputs but \(labels) labels"
    case .crop(let side, let wanted): "a face of \(side) pixels where the model takes \(wanted)"
    case .notFinite(let label): "the model's output for \(label) is not a finite number; its weights are broken"
    }
  }
}
