internal import Files
internal import Models
internal import Networks
internal import Recognition

/// Whether a person's own neutral is the zero.
public enum BaselineChoice: Sendable, Hashable {
  /// It is not.
  case none
  /// Built for each person from what was seen of the person so far.
  case auto
  /// That of one person, in a file that `mien calibrate person` made; it is applied to everybody.
  case file(String)
}

extension ModelRequest {
  /// With the baseline that is asked for, else the one that a session was recorded with.
  /// - Throws: `FileError` for a model without a class called `neutral`, and for a file of another model.
  func based(
    _ model: ChosenModel, as recorded: ModelSummary? = nil, _ note: (ModelNote) -> Void
  ) throws -> ChosenModel {
    var model = model
    switch baseline {
    case nil: model.baseline = recorded?.baseline
    case .some(.none): model.baseline = nil
    case .auto: model.baseline = Baseline(auto: try model.neutralReference())
    case .file(let path):
      let reference = try model.neutralReference()
      model.baseline = Baseline(try model.person(in: path), file: path, reference: reference)
    }
    if let baseline = model.baseline {
      note(.baseline(model: model.config.id, baseline, isRecorded: self.baseline == nil))
    }
    return model
  }
}

extension ChosenModel {
  /// What it answers for neutral people on average, as its calibration's file has it, else by default.
  /// - Throws: `FileError` for a model without a class called `neutral`, and where the calibration's file is broken.
  func neutralReference() throws -> NeutralReference {
    let labels = summary.labels
    let file = summary.sha256.flatMap { CalibrationLookup.system.file(sha256: $0, model: folder) }
    let measured = try file?.neutral()
    if let file, let problem = measured?.problem(labels: labels) {
      throw FileError(.badData, path: file.path, problem: problem, remedy: "make it again with mien calibrate model")
    }
    guard summary.task == .classification, let reference = NeutralReference(measured, labels: labels) else {
      throw FileError(
        .usage, path: folder ?? config.id,
        problem: "it has no class called \(PersonBaseline.label), so a person's neutral cannot be the zero",
        remedy: "its labels are \(labels.joined(separator: ", "))")
    }
    return reference
  }

  /// - Throws: `FileError` where the file belongs to another model, or these weights are in no file.
  fileprivate func person(in path: String) throws -> PersonBaseline {
    guard let sha256 = summary.sha256 else {
      throw FileError(
        .usage, path: path, problem: "\(config.id) has its weights in no file, so no person's file belongs to it")
    }
    return try PersonFile(path).read(sha256: sha256, labels: summary.labels)
  }
}
