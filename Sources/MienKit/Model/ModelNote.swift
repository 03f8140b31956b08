public import Models
public import Recognition
public import Tensor

/// What happened while a model was chosen that its user may want to know. None of these is an error.
public enum ModelNote: Hashable, Sendable {
  /// The package's model was taken before those in the user's folder.
  case passedOver(taken: String, folder: String)
  /// The model folder that was taken.
  case folder(String)
  /// A training run was named; its best checkpoint, or its last one, was taken.
  case run(String, model: String)
  /// The precision that was asked for needs instructions that there are not; `runs` is used instead.
  case lesserPrecision(asked: PrecisionChoice, runs: Precision, level: KernelLevel)
  /// Something was to be saved on the picture, which this model does not look at.
  case savesNothing(Saving, model: String)
  /// Something was to be saved on the picture, of which this model's architecture always computes all.
  case cannotSave(Saving, model: String)
  /// The probabilities are calibrated.
  /// - Parameter file: where the temperatures are from; nil: they are those that a session was recorded with.
  case calibrated(model: String, ModelCalibration, file: String?)
  /// A person's own neutral is the zero.
  /// - Parameters:
  ///   - baseline: where it comes from.
  ///   - isRecorded: whether it is the one that a session was recorded with.
  case baseline(model: String, Baseline, isRecorded: Bool)
  /// A session was recorded with another model than the one that was asked for.
  case otherModel(session: String, recorded: String, taken: String)
  /// A session was recorded with other instructions than this processor's best ones, and is replayed with them.
  case recordedInstructions(String)
  /// A session was recorded with instructions that this processor lacks, so last digits may differ.
  case missingInstructions(String)

  /// What can be saved on the picture (`SpeedSettings`).
  public enum Saving: Hashable, Sendable { case videoTokens, pictureEvery }
}
