import ArgumentParser
import Evaluation
import Files
import Lists
import Logging
import Media
import MienKit
import Models
import Networks
import Recognition
import Signal

/// `mien calibrate`: what adjusts a reading, found from recordings.
struct Calibrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Adjust what is read: a model's probabilities, or a person's neutral.",
    discussion: """
      EXAMPLES:
        mien calibrate model --model mine --data val.csv
        mien calibrate person --model mine
      """, subcommands: [CalibrateModel.self, CalibratePerson.self])
}

/// `mien calibrate model`: one temperature for a classifier.
struct CalibrateModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Fit a classifier's temperature on clips that it was not trained on.",
    discussion: """
      EXAMPLES:
        mien calibrate model --model mine --data val.csv
        mien calibrate model --model mine --data val.csv -o calibration | jq .calibration.after

      Every window of the list's clips counts, as mien eval looks at them. The model's outputs are divided by the \
      temperature that makes the truth most likely; the answers stay, their probabilities change. The result is kept as \
      models/SHA.json, by the SHA-256 of the model's weights, in the folder calibration of the package that mien was \
      built in, else in ~/.local/share/mien/calibration; every command uses it from then on and says so. \
      --no-calibration does without. What the model answers for the list's neutral clips is kept beside it: there a \
      person's neutral is moved by --baseline.
      """)

  @Option(
    help: ArgumentHelp(
      "Model folder that mien model import made, or a run of mien finetune.",
      discussion: "Default: \(ModelLookup.order).", valueName: "dir"))
  var model: String?
  @Option(help: ArgumentHelp("The list of clips: lines of 'video audio label'.", valueName: "list")) var data: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of calibrations to write to. (default: $MIEN_CALIBRATION, or see above)", valueName: "dir"))
  var output: String?
  @Option(help: "Whose face to follow in media files; folders hold aligned faces already.")
  var face = FaceChoice.largest
  @Option(help: ArgumentHelp("Threads; results do not depend on it. (default: all processors)", valueName: "count"))
  var threads: Int?
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    // Set whole, because what no command line has set cannot be read.
    var engine = EngineOptions()
    (engine.untrained, engine.threads, engine.precision, engine.noCalibration) = (nil, threads, nil, true)
    (engine.videoTokens, engine.instructions) = (nil, nil)
    let fold = try EvaluationFold(list: data, model: model, engine, log)
    guard fold.summary.task == .classification else {
      throw Failure(.usage, "\(fold.model) is a regression; only a classifier's probabilities can be calibrated")
    }
    guard let sha256 = fold.summary.sha256 else {
      throw Failure(.usage, "\(fold.model): its weights are in no file, so no calibration can be kept for them")
    }
    guard let folder = output ?? CalibrationLookup.system.folders.first else {
      throw Failure(.usage, "no folder for the calibration: set $HOME, or give -o DIR")
    }
    let (fit, neutral) = try outputs(fold, engine, log)
    guard let calibration = fit.fit() else {
      throw Failure(.badData, "\(data): the model answers no clip of it; nothing was written")
    }
    if fit.count < 100 { log.warning("\(data): only \(fit.count) windows; a temperature needs some hundreds") }
    let range = ModelCalibration.temperatures
    if calibration.temperature < range.lowerBound * 1.001 || calibration.temperature > range.upperBound * 0.999 {
      log.warning("the temperature is at the end of what is looked at: were these clips in the model's training?")
    }
    let file = CalibrationFile(in: folder, sha256: sha256)
    try file.write(calibration, model: fold.summary.id, list: data, neutral: neutral.parts.isEmpty ? nil : neutral)
    log.notice("\(fold.model): temperature \(TrainingScreen.short(calibration.temperature)), in \(file.path)")
    try Output().write(report(calibration, fold, file).text + "\n")
  }

  /// The outputs of every window, with the truth, and the means of those of neutral clips. Broken clips end it, before anything is written: a temperature of
  /// some of the clips would look like one of all.
  private func outputs(_ fold: EvaluationFold, _ engine: EngineOptions, _ log: Logger) throws -> (
    TemperatureFit, PersonBaseline
  ) {
    let sampling = EvaluationSampling(rate: fold.chosen.samplingRate, views: 2)
    let judge = try ClipJudge(fold, engine, sampling: sampling, face: face, log)
    var (fit, neutral, skipped) = (TemperatureFit(), PersonBaseline(), 0)
    let neutralTruth = fold.summary.labels.firstIndex(of: PersonBaseline.label)
    var progress = ListProgress(verbosity, of: fold.list.entries.count)
    defer { progress.clear() }
    for (number, (entry, label)) in zip(fold.list.entries, fold.labels).enumerated() {
      if let status = Interruption.status { throw Failure(status, "stopped; nothing was written") }
      let prediction: ClipPrediction
      do { prediction = try judge.predict(entry) } catch let error
        where error is MediaError || error is Failure || error is FileError
      {
        throw Failure(
          .badData, "\(fold.list.path):\(entry.line): \(Failure(error).line ?? "\(error)"); nothing was written")
      }
      if let truth = label.truth { for view in prediction.views { fit.add(view.outputs, truth: truth) } }
      if let neutralTruth, label.truth == neutralTruth {
        for (view, head) in zip(prediction.views, prediction.heads.compactMap { $0 }) {
          neutral.add(view.outputs, of: head, seconds: WindowSchedule.length.seconds)
        }
      }
      if prediction.views.isEmpty { skipped += 1 }
      progress.show(number + 1)
    }
    if skipped > 0 {
      log.warning("\(data): \(skipped) of \(fold.list.entries.count) clips lack a modality that the model needs")
    }
    return (fit, neutral)
  }

  private func report(_ calibration: ModelCalibration, _ fold: EvaluationFold, _ file: CalibrationFile) -> JSON {
    [
      "model": ["id": .string(fold.summary.id), "sha256": .string(file.sha256)], "data": .string(data),
      "file": .string(file.path), "calibration": calibration.json,
    ]
  }
}
