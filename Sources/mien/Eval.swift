import ArgumentParser
import Glibc
import Logging
import Media
import Recognition
import Signal

/// `mien eval`: a list of clips goes in, metrics come out.
struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Evaluate a model on a list of clips.",
    discussion: """
      EXAMPLES:
        mien eval --model base --data test.csv
        mien eval --model base --data test.csv -o predictions.jsonl | jq .uar

      A line of the list is 'video audio label': a folder of face images or a media file, a sound file, the class \
      index (for a regression several numbers). Paths are relative to the list; - is an absent sense; names with \
      spaces stand in double quotes; # begins a comment. Frames are sampled by the published indices. Metrics are one \
      JSON object on stdout; -o gets one line a clip.

      A clip without a sense that the model needs (no sound, no picture, no face in it) is counted as skipped. A clip \
      that is missing or broken is named and counted, the rest is evaluated, and the exit status is 65.
      """)

  @OptionGroup var model: ModelOptions
  @Option(help: ArgumentHelp("The list of clips.", valueName: "list")) var data: String
  @Option(help: ArgumentHelp("Windows of each clip that are averaged, spread over its length.", valueName: "count"))
  var views = 2
  @Option(help: "Whose face to follow in media files; folders hold aligned faces already.")
  var face = FaceChoice.largest
  @Option(name: .shortAndLong, help: ArgumentHelp("Write a JSON line a clip to this file.", valueName: "file"))
  var output: String?
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    guard (1...1000).contains(views) else { throw ValidationError("--views must be from 1 to 1000, not \(views).") }
    if output == "-" { throw ValidationError("-o needs a file: the metrics are on stdout.") }
    if let output, isSameFile(output, data) { throw ValidationError("-o \(output) would overwrite the list.") }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    let list = try AnnotationList(path: data, bytes: try readFile(data))
    let chosen = try model.choose(log)
    let summary = chosen.summary
    let labels = try list.entries.map { entry -> EvaluationReport.Label in
      switch summary.task {
      case .classification: .index(try list.classIndex(of: entry, count: summary.labels.count))
      case .regression: .values(try list.values(of: entry, count: summary.labels.count))
      }
    }
    let sampling = EvaluationSampling(rate: chosen.samplingRate, views: views)
    let evaluator = Evaluator(recognizer: try model.recognizer(chosen, log), sampling: sampling)
    var options = Recording.Options()
    (options.faces, options.framing) = (face, chosen.framing)
    let out = try output.map { try Output(file: $0) }

    var report = EvaluationReport(model: summary, sampling: sampling)
    var bar = ProgressBar()
    let showsBar = verbosity.wantsProgress(resultsTo: out)
    defer { bar.clear() }
    let clock = SteadyClock()
    let began = clock.now()
    for (done, (entry, label)) in zip(list.entries, labels).enumerated() {
      if let status = Interruption.status {
        let kept = out?.leave().map { "; their predictions stay in \($0)" } ?? ""
        throw Failure(status, "stopped after \(done) of \(list.entries.count) clips\(kept)")
      }
      let line: JSON
      do {
        let clip = ListedClip(
          video: entry.video.map(list.resolve), audio: entry.audio.map(list.resolve), options: options)
        try clip.checkFiles()
        line = report.add(try evaluator.predict(clip), entry: entry, label: label)
      } catch let error where error is MediaError || error is Failure {
        let why = Failure(error).line ?? "\(error)"
        bar.clear()
        log.error("\(data):\(entry.line): \(why)")
        line = report.addFailure(why, entry: entry, label: label)
      }
      try out?.write(line.text + "\n")
      if showsBar {
        let now = clock.now()
        bar.show(now: now) {
          ProgressBar.text(clips: done + 1, of: list.entries.count, elapsed: Double(now - began) / 1e9, width: $0)
        }
      }
    }
    bar.clear()
    try Output().write(report.json.text + "\n")
    try out?.finish()
    if report.failed > 0 {
      throw Failure(.badData, "\(data): \(report.failed) of \(list.entries.count) clips could not be evaluated")
    }
  }
}

/// A clip of a list as files.
private struct ListedClip: EvaluationClip {
  var video, audio: String?
  var options: Recording.Options

  var hasVideo: Bool { video != nil }

  /// A file that the list names must exist, even where the other sense alone decides that there is no answer.
  func checkFiles() throws {
    for path in [video, audio].compactMap({ $0 }) where access(path, F_OK) != 0 {
      throw Failure(.noInput, "\(path): no such file")
    }
  }

  func samples() throws -> [Float]? { try audio.map { try SoundFile.read16k($0) } }

  func crops(choosing choose: (Int) throws -> [Int]) throws -> [FaceCrop]? {
    guard let video else { return nil }
    return try ClipFaces.read(video, options: options, choose: choose)
  }
}
