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

/// `mien calibrate model`: a temperature for each head of a classifier.
struct CalibrateModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Fit a classifier's temperature on clips that it was not trained on.",
    discussion: """
      EXAMPLES:
        mien calibrate model --model mine --data val.csv
        mien calibrate model --model mine --data val.csv -o calibration | jq .calibration.after
        mien calibrate model --model both --data faces.csv voices.csv pairs.csv

      Every window of the lists' clips counts, as mien eval looks at them. The model's outputs are divided by the \
      temperature that makes the truth most likely; the answers stay, their probabilities change. A model with several \
      heads gets a temperature for each, from all clips that have what it rests on. The result is kept as \
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
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("The lists of clips: lines of 'video audio label'.", valueName: "list"))
  var data: [String]
  @OptionGroup var labels: DataLabelOptions
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of calibrations to write to. (default: $MIEN_CALIBRATION, or see above)", valueName: "dir"))
  var output: String?
  @Option(help: "Whose face to follow in media files; folders hold aligned faces already.")
  var face = FaceChoice.largest
  @Option(help: ArgumentHelp("Threads; results do not depend on it. (default: all processors)", valueName: "count"))
  var threads: Int?
  @OptionGroup var tracks: TrackOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
    try DataLabelOptions.check(labels.dataLabels, data.count, "data")
  }

  func run() throws {
    let log = verbosity.bootstrap()
    // Set whole, because what no command line has set cannot be read.
    var engine = EngineOptions()
    (engine.untrained, engine.threads, engine.precision, engine.noCalibration) = (nil, threads, nil, true)
    (engine.videoTokens, engine.instructions) = (nil, nil)
    let folds = try data.indices.map {
      try EvaluationFold(
        list: data[$0], model: model,
        listClasses: DataLabelOptions.names(labels.dataLabels, ofList: $0, "--data-labels"),
        leavesOutUnknown: labels.leaveOutUnknown, engine, log)
    }
    guard let fold = folds.first else { return }
    guard fold.summary.task == .classification else {
      throw Failure(.usage, "\(fold.model) is a regression; only a classifier's probabilities can be calibrated")
    }
    guard let sha256 = fold.summary.sha256 else {
      throw Failure(.usage, "\(fold.model): its weights are in no file, so no calibration can be kept for them")
    }
    guard let folder = output ?? CalibrationLookup.system.folders.first else {
      throw Failure(.usage, "no folder for the calibration: set $HOME, or give -o DIR")
    }
    let lists = data.joined(separator: ", ")
    var outputs = CalibrationOutputs()
    // The model is introduced once.
    var introduction = log
    for fold in folds {
      try add(fold, to: &outputs, engine, &introduction, log)
    }
    guard let calibration = outputs.calibration else {
      throw Failure(.badData, "\(lists): the model answers no clip of it; nothing was written")
    }
    for (name, fit) in outputs.named where fit.count < 100 {
      log.warning("\(lists): only \(fit.count) windows\(name); a temperature needs some hundreds")
    }
    let range = ModelCalibration.temperatures
    for fit in [calibration.all] + calibration.heads.values
    where fit.temperature < range.lowerBound * 1.001 || fit.temperature > range.upperBound * 0.999 {
      log.warning("the temperature is at the end of what is looked at: were these clips in the model's training?")
    }
    let file = CalibrationFile(in: folder, sha256: sha256)
    let neutral = outputs.neutral.parts.isEmpty ? nil : outputs.neutral
    try file.write(calibration, model: fold.summary.id, list: lists, neutral: neutral)
    log.notice("\(fold.model): \(calibration.words), in \(file.path)")
    try Output().write(report(calibration, fold, file, lists).text + "\n")
  }

  /// Adds what every head says of every clip that has what it rests on. Broken clips end it, before anything is written: a
  /// temperature of some of the clips would look like one of all.
  private func add(
    _ fold: EvaluationFold, to outputs: inout CalibrationOutputs, _ engine: EngineOptions, _ introduction: inout Logger,
    _ log: Logger
  ) throws {
    let sampling = EvaluationSampling(rate: fold.chosen.samplingRate, views: 2)
    let heads = fold.summary.heads.filter { $0.task == .classification }
    let neutral = fold.summary.labels.firstIndex(of: PersonBaseline.label)
    var progress = ListProgress(verbosity, of: fold.list.entries.count * heads.count)
    defer { progress.clear() }
    var (done, answered) = (0, Set<Int>())
    for head in heads {
      let conditions = EvaluationConditions(senses: heads.count > 1 ? head.modalities : nil)
      let judge = try ClipJudge(
        fold, engine, sampling: sampling, conditions: conditions, face: face, tracks: tracks.choices, introduction)
      introduction.logLevel = .error
      for (number, (entry, label)) in zip(fold.list.entries, fold.labels).enumerated() {
        if let status = Interruption.status { throw Failure(status, "stopped; nothing was written") }
        let present = Modalities(video: entry.video != nil, audio: entry.audio != nil)
        // What one of several heads lacks is no fault of the clip.
        if heads.count == 1 || head.modalities.isSubset(of: present) {
          let prediction: ClipPrediction
          do { prediction = try judge.predict(entry) } catch let error
            where error is MediaError || error is Failure || error is FileError
          {
            throw Failure(
              .badData, "\(fold.list.path):\(entry.line): \(Failure(error).line ?? "\(error)"); nothing was written")
          }
          if !prediction.views.isEmpty { answered.insert(number) }
          if let truth = label.truth { outputs.add(prediction, of: head, truth: truth, isNeutral: truth == neutral) }
        }
        done += 1
        progress.show(done)
      }
    }
    let skipped = fold.list.entries.count - answered.count
    if skipped > 0 {
      log.warning(
        "\(fold.list.path): \(skipped) of \(fold.list.entries.count) clips lack a modality that the model needs")
    }
  }

  private func report(
    _ calibration: ModelCalibration, _ fold: EvaluationFold, _ file: CalibrationFile, _ lists: String
  ) -> JSON {
    [
      "model": ["id": .string(fold.summary.id), "sha256": .string(file.sha256)], "data": .string(lists),
      "file": .string(file.path), "calibration": calibration.json,
    ]
  }
}

/// What the heads of a model said of clips whose truth is known.
private struct CalibrationOutputs {
  private var all = TemperatureFit()
  private var heads: [String: TemperatureFit] = [:]
  private(set) var neutral = PersonBaseline()

  mutating func add(_ prediction: ClipPrediction, of head: Head, truth: Int, isNeutral: Bool) {
    for view in prediction.views {
      all.add(view.outputs, truth: truth)
      heads[head.name, default: TemperatureFit()].add(view.outputs, truth: truth)
      if isNeutral { neutral.add(view.outputs, of: head.name, seconds: WindowSchedule.length.seconds) }
    }
  }

  /// The fits, with what a message says of whose they are.
  var named: [(name: String, fit: TemperatureFit)] {
    guard heads.count > 1 else { return [("", all)] }
    return heads.sorted { $0.key < $1.key }.map { (" for the head \($0.key)", $0.value) }
  }

  /// nil: no head answered.
  var calibration: ModelCalibration? {
    guard let fit = all.fit() else { return nil }
    return ModelCalibration(fit, heads: heads.count > 1 ? heads.compactMapValues { $0.fit() } : [:])
  }
}
