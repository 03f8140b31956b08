internal import Architectures
internal import Files
internal import Models
internal import Networks
public import Recognition
public import Sessions
internal import Signal
public import Tensor

/// Which model is wanted, and how it is to run. What is nil is decided where the model is chosen: by a session's own
/// manifest, else by the defaults.
public struct ModelRequest: Sendable {
  /// A model folder, or a training run. nil: the one that is found, which is `$MIEN_MODEL`, else `models/nano` of the
  /// package that the program was built in, else the model in `~/.local/share/mien/models`.
  public var model: String?
  /// Random weights of this size instead of a model: the numbers mean nothing.
  public var untrained: UntrainedSize?
  /// The number format of the products. nil: f32, or a session's own.
  public var precision: PrecisionChoice?
  /// What the kernels may use at most. nil: the best that this processor has, or a session's own.
  public var instructions: KernelLevel?
  /// The share of the picture's tokens that is computed, in `videoTokenShares`. nil: all of them, or a session's own.
  public var videoTokens: Double?
  /// Seconds for which an encoded picture is held, in `SpeedSettings.secondsRange`. nil: 0, or a session's own.
  public var pictureEvery: Double?
  /// Whether sound in which nobody speaks is used. nil: as `.auto` has it, or as a session did.
  public var speechGate: SpeechGate?
  /// Whether a person's own neutral is the zero. nil: as `.none` has it, or as a session did.
  public var baseline: BaselineChoice?
  /// Whether the calibration that is kept for the model's weights is used.
  public var isCalibrated = true

  /// The shares of the picture's tokens that some architecture can compute.
  public static let videoTokenShares: ClosedRange<Double> = {
    let lowest = architectures.compactMap { $0.videoTokenShares?.lowerBound }.min()
    return (lowest ?? 1)...1
  }()

  public init(model: String? = nil) { self.model = model }

  /// Finds the model, and its calibration. Weights are read later, when a recogniser is asked for.
  /// - Parameter note: gets what happened on the way, in its order.
  /// - Throws: `ModelNotFound`; `FileError` where the folder or the calibration's file is broken; `EconomyError`.
  public func choose(_ note: (ModelNote) -> Void = { _ in }) throws -> ChosenModel {
    try based(saving(calibrated(bare(note), note), note), note)
  }

  /// The model that a session was recorded with, by the SHA-256 of its weights, set as it was then, so that its windows
  /// come out as they did. Another model that was asked for is taken with a note. A session that was recorded without a
  /// model goes with any.
  /// - Parameters:
  ///   - session: its manifest.
  ///   - path: the session's folder, for messages.
  ///   - note: gets what happened while the model was chosen.
  /// - Throws: as `choose(_:)`.
  public func choose(
    for session: SessionManifest, at path: String, _ note: (ModelNote) -> Void = { _ in }
  ) throws -> ChosenModel {
    guard let recorded = session.model else { return try choose(note) }
    if model != nil || untrained != nil {
      let chosen = try bare(note)
      guard chosen.summary.sha256 == recorded.sha256, recorded.sha256 != nil || chosen.summary.id == recorded.id else {
        note(.otherModel(session: path, recorded: recorded.id, taken: chosen.config.id))
        return try based(saving(calibrated(chosen, note), note), note)
      }
      return try based(saving(calibrated(chosen, as: recorded, of: path, note), note), as: recorded, note)
    }
    guard let sha256 = recorded.sha256 else {
      let size = UntrainedSize.allCases.first { "untrained-\($0.rawValue)" == recorded.id }
      guard let size else { throw ModelNotFound.inNoFile(session: path, model: recorded.id) }
      let chosen = try saving(calibrated(ChosenModel(untrained: size), as: recorded, of: path, note), note)
      return try based(chosen, as: recorded, note)
    }
    let lookup = ModelLookup.system
    for folder in lookup.candidates {
      guard let chosen = try? ChosenModel(folder: folder), chosen.summary.sha256 == sha256 else { continue }
      note(.folder(folder))
      return try based(saving(calibrated(chosen, as: recorded, of: path, note), note), as: recorded, note)
    }
    throw ModelNotFound.notOfSession(session: path, sha256: sha256, model: recorded.id, places: lookup.places)
  }

  /// The model with its own probabilities.
  private func bare(_ note: (ModelNote) -> Void) throws -> ChosenModel {
    var chosen = try plain(note)
    chosen.packing = packing(precision ?? .f32, at: instructions ?? .best, note)
    try chosen.save(videoTokens: videoTokens ?? 1, note)
    chosen.speechGate = speechGate ?? .auto
    return chosen
  }

  private func plain(_ note: (ModelNote) -> Void) throws -> ChosenModel {
    if let untrained { return try ChosenModel(untrained: untrained) }
    let found = try ModelLookup.system.find(model)
    let named = found.path
    let path = try RunModels.model(of: named)
    if let passed = found.passed { note(.passedOver(taken: named, folder: passed)) }
    note(path == named ? .folder(path) : .run(named, model: path))
    return try ChosenModel(folder: path)
  }

  private func packing(
    _ asked: PrecisionChoice, at level: KernelLevel, _ note: (ModelNote) -> Void
  ) -> WeightPacking {
    let packing = asked.packing(at: level)
    if asked != .auto, packing.precision.rawValue != asked.rawValue {
      note(.lesserPrecision(asked: asked, runs: packing.precision, level: level))
    }
    return packing
  }

  /// With the calibration that is kept for its weights, if there is one.
  private func calibrated(_ model: ChosenModel, _ note: (ModelNote) -> Void) throws -> ChosenModel {
    guard isCalibrated, model.config.task == .classification, let sha256 = model.summary.sha256,
      let file = CalibrationLookup.system.file(sha256: sha256, model: model.folder)
    else { return model }
    var model = model
    let calibration = try file.read()
    model.calibration = calibration
    note(.calibrated(model: model.config.id, calibration, file: file.path))
    return model
  }

  /// As a session recorded it.
  private func calibrated(
    _ model: ChosenModel, as recorded: ModelSummary, of path: String, _ note: (ModelNote) -> Void
  ) throws -> ChosenModel {
    var model = model
    let asked = precision ?? PrecisionChoice(rawValue: recorded.precision) ?? .f32
    model.packing = packing(asked, at: recordedLevel(recorded.instructions, note), note)
    model.speechGate = speechGate ?? recorded.speechGate
    // That a session saved nothing is no news.
    do {
      try model.save(videoTokens: recorded.economy.videoTokens) { _ in }
      try model.save(pictureEvery: recorded.economy.pictureEvery.seconds) { _ in }
    } catch {
      throw FileError(.badData, path: path + "/" + SessionFolder.manifest, problem: "\(error)")
    }
    // What was asked for has been noted already.
    if let videoTokens { try model.save(videoTokens: videoTokens) { _ in } }
    guard isCalibrated, let calibration = recorded.calibration else { return model }
    model.calibration = calibration
    note(.calibrated(model: model.config.id, calibration, file: nil))
    return model
  }

  /// The instructions to replay with: those that were recorded with, where this processor has them and nobody asks for
  /// others.
  private func recordedLevel(_ recorded: String?, _ note: (ModelNote) -> Void) -> KernelLevel {
    guard instructions == nil, let recorded else { return instructions ?? .best }
    guard let found = KernelLevel.available.first(where: { "\($0)" == recorded }) else {
      note(.missingInstructions(recorded))
      return .best
    }
    if found != .best { note(.recordedInstructions(recorded)) }
    return found
  }

  /// With pictures held as long as was asked for.
  private func saving(_ model: ChosenModel, _ note: (ModelNote) -> Void) throws -> ChosenModel {
    guard let pictureEvery else { return model }
    var model = model
    try model.save(pictureEvery: pictureEvery, note)
    return model
  }
}
