import ArgumentParser
import Evaluation
import Files
import Lists
import Logging
import Media
import MienKit
import Networks
import Recognition
import Signal

/// `mien eval`: a list of clips goes in, metrics come out; or the folds of a cross-validation, each with its model.
struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate a model on a list of clips, or models on their folds.",
    discussion: """
      EXAMPLES:
        mien eval --model base --data test.csv
        mien eval --model base --data test.csv -o predictions.jsonl | jq .uar
        mien eval --model runs/1 --data test1.csv --model runs/2 --data test2.csv
        mien eval --model mine --data test.csv --senses a
        mien eval --model mine --data test.csv --missing video=0.5,audio=0

      A line of the list is 'video audio label': a folder of face images or a media file, a sound file, the class \
      index (for a regression several numbers). Paths are relative to the list; - is an absent modality; names with \
      spaces stand in double quotes; a line that begins with # is a comment. Frames are sampled by the \
      published indices. Metrics are one JSON object on stdout; -o gets one line a clip.

      Several --model and --data are folds: the first model answers the first list, and so on; their labels must be the \
      same. Metrics are then those of each fold, mean_over_folds, sd_over_folds (with n - 1), and pooled_over_clips, \
      which is what the published totals are.

      --senses scores one head: what it does not rest on is absent. --missing takes the picture or the sound of windows \
      away by chance; the best head for the rest answers. What is taken is the same for every model.

      A clip without a modality that the model needs (no sound, no picture, no face in it) is counted as skipped. A clip \
      that is missing or broken is named and counted, the rest is evaluated, and the exit status is 65.
      """)

  @Option(
    help: ArgumentHelp(
      "Model folder that mien model import made, or a run of mien finetune; one for each --data.",
      discussion: "Default for one list: \(ModelLookup.order).",
      valueName: "dir"))
  var model: [String] = []
  @OptionGroup var engine: EngineOptions
  @OptionGroup var labels: DataLabelOptions
  @Option(help: ArgumentHelp("The list of clips; several are folds.", valueName: "list")) var data: [String]
  @Option(help: ArgumentHelp("Windows of each clip that are averaged, spread over its length.", valueName: "count"))
  var views = 2
  @Option(
    help: ArgumentHelp(
      "Only the head that rests on these modalities answers: av, a or v. (default: the best head for what a clip has)",
      valueName: "av|a|v"))
  var senses: Modalities?
  @Option(
    help: ArgumentHelp(
      "Chances that a window loses its picture and its sound, such as video=0.5,audio=0.", valueName: "chances"))
  var missing: MissingOption?
  @Option(
    help: ArgumentHelp(
      "The neutral of the person in the list's clips is the zero; mien calibrate person makes the file.",
      valueName: "file"))
  var baseline: BaselineChoice?
  @Option(help: "Where the choices of --missing come from. (default: 0)") var seed: Int?
  @Option(help: "Whose face to follow in media files; folders hold aligned faces already.")
  var face = FaceChoice.largest
  @Option(name: .shortAndLong, help: ArgumentHelp("Write a JSON line a clip to this file.", valueName: "file"))
  var output: String?
  @OptionGroup var tracks: TrackOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    guard (1...1000).contains(views) else { throw ValidationError("--views must be from 1 to 1000, not \(views).") }
    if !model.isEmpty && engine.untrained != nil {
      throw ValidationError("--model and --untrained exclude each other.")
    }
    if model.count != data.count && (model.count > 1 || data.count > 1) {
      throw ValidationError(
        "\(model.count) --model and \(data.count) --data: folds are pairs, so give one --model for each --data.")
    }
    if baseline == .auto {
      throw ValidationError("--baseline auto is for streams: clips of a list may be of many people; give a file.")
    }
    if seed != nil && missing == nil { throw ValidationError("--seed is of --missing, which was not given.") }
    try DataLabelOptions.check(labels.dataLabels, data.count, "data")
    if output == "-" { throw ValidationError("-o needs a file: the metrics are on stdout.") }
    if let output, let list = data.first(where: { isSameFile(output, $0) }) {
      throw ValidationError("-o \(output) would overwrite the list \(list).")
    }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    // All of it is looked at before the first clip is.
    let folds = try data.indices.map {
      try EvaluationFold(
        list: data[$0], model: model.dropFirst($0).first,
        listClasses: DataLabelOptions.names(labels.dataLabels, ofList: $0, "--data-labels"),
        leavesOutUnknown: labels.leaveOutUnknown, baseline: baseline, engine, log)
    }
    for fold in folds.dropFirst() {
      guard let difference = FoldsReport.difference(of: fold.summary, from: folds[0].summary) else { continue }
      throw Failure(
        .badData, "\(fold.model): \(difference) as in \(folds[0].model); folds must have the same, or cannot be pooled")
    }
    if let senses { for fold in folds { try fold.needHead(for: senses) } }
    for line in EvaluationFold.repeated(folds) { log.warning("\(line)") }
    let total = folds.reduce(0) { $0 + $1.list.entries.count }
    if let output { try refuse(output, over: folds) }
    let out = try output.map { try Output(file: $0) }

    var report = FoldsReport(
      folds.map { fold in
        .init(
          model: fold.model, list: fold.list.path,
          report: .init(model: fold.summary, sampling: sampling(fold), conditions: conditions))
      })
    var bar = ProgressBar()
    let showsBar = verbosity.wantsProgress(resultsTo: out)
    defer { bar.clear() }
    let clock = SteadyClock()
    let began = clock.now()
    var done = 0
    for (number, fold) in folds.enumerated() {
      let judge = try ClipJudge(
        fold, engine, sampling: sampling(fold), conditions: conditions, face: face, tracks: tracks.choices, log)
      for (clipNumber, (entry, label)) in zip(fold.list.entries, fold.labels).enumerated() {
        if let status = Interruption.status {
          let kept = out?.leave().map { "; their predictions stay in \($0)" } ?? ""
          throw Failure(status, "stopped after \(done) of \(total) clips\(kept)")
        }
        let line: JSON
        do {
          line = report.add(
            try judge.predict(entry, number: clipNumber), fold: number, entry: entry, label: label)
        } catch let error where error is MediaError || error is Failure || error is FileError {
          let why = Failure(error).line ?? "\(error)"
          bar.clear()
          log.error("\(fold.list.path):\(entry.line): \(why)")
          line = report.addFailure(why, fold: number, entry: entry, label: label)
        }
        try out?.write(line.text + "\n")
        done += 1
        if showsBar {
          let now = clock.now()
          bar.show(now: now) {
            ProgressBar.text(clips: done, of: total, elapsed: Double(now - began) / 1e9, width: $0)
          }
        }
      }
      bar.clear()
      let figures = report.folds[number].report.figures
      if folds.count == 1 && figures.skipped > 0 && figures.evaluated > 0 {
        log.notice(
          "\(fold.list.path): \(figures.skipped) of \(figures.clips) clips skipped: no face or sound for this model in them"
        )
      }
      if folds.count > 1 { log.notice("fold \(number + 1) of \(folds.count): \(words(report.folds[number]))") }
    }
    try out?.finish()
    try Output().end(with: report.json.text + "\n", failure: failure(report))
  }

  /// - Throws: `Failure` of usage where predictions would replace what is evaluated.
  private func refuse(_ output: String, over folds: [EvaluationFold]) throws {
    for fold in folds {
      let clips = fold.list.entries.flatMap { [$0.video, $0.audio].compactMap { $0 } }.map(fold.list.resolve)
      func isWeight(_ name: String) -> Bool {
        ["config.json", "log.jsonl"].contains(name) || name.hasSuffix(".safetensors") || name.hasPrefix("checkpoints/")
      }
      let source = clips.first { isSameFile(output, $0) || isFile(output, of: $0, where: isPicture) }
      if let source = source ?? (isFile(output, of: fold.model, where: isWeight) ? fold.model : nil) {
        throw Failure(.usage, "-o \(output) would overwrite \(source)")
      }
    }
  }

  /// What the exit status is for; nil: every clip could be evaluated.
  private func failure(_ report: FoldsReport) -> Failure? {
    let failed = report.folds.filter { $0.report.figures.failed > 0 }.map { fold in
      "\(fold.list): \(fold.report.figures.failed) of \(fold.report.figures.clips)"
    }
    let unanswered = report.folds.filter { $0.report.figures.evaluated == 0 }.map(\.list)
    // Where windows lose modalities on purpose, no answer is a result.
    if failed.isEmpty && !unanswered.isEmpty && missing == nil {
      return Failure(
        .badData, "\(unanswered.joined(separator: ", ")): none of the clips has a face and sound for its model")
    }
    return failed.isEmpty
      ? nil : Failure(.badData, "\(failed.joined(separator: ", ")) clips could not be evaluated")
  }

  private var conditions: EvaluationConditions {
    EvaluationConditions(senses: senses, missing: missing?.modalities(seed: seed ?? 0))
  }

  private func sampling(_ fold: EvaluationFold) -> EvaluationSampling {
    EvaluationSampling(rate: fold.chosen.samplingRate, views: views)
  }

  /// A fold in a line.
  private func words(_ fold: FoldsReport.Fold) -> String {
    let figures = fold.report.figures
    func short(_ value: Double?) -> String { value.map(TrainingScreen.short) ?? "-" }
    let classes = "UAR \(short(figures.confusion.uar)), WAR \(short(figures.confusion.war))"
    let attributes = TrainingScreen.concordances(
      figures.agreements.map(\.ccc), of: fold.report.model.answersActions ? "actions" : "attributes")
    let scores = (figures.task == .classification ? [classes] : []) + (figures.agreements.isEmpty ? [] : [attributes])
    return
      "\(fold.model) on \(fold.list): \(scores.joined(separator: ", ")), \(figures.evaluated) of \(figures.clips) clips"
  }
}
