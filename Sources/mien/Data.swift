public import ArgumentParser
import Clips
import Files
import Glibc
import Lists
import Logging
public import Media
import MienKit
import Models
import Networks
import Signal

/// `mien data`: lists of clips, looked at and made ready for training.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Check lists of clips, make them ready for training, or make clips.",
    discussion: """
      EXAMPLES:
        mien data check train.csv --labels crema-d
        mien data faces train.csv -o prepared
        mien data check prepared/list.csv
        mien data unpair train.csv --share 0.5 -o half.csv
        mien data actors -o actors --clips 2000
        mien data play neutral:4 anger:5 -o recordings/eve
      """,
    subcommands: [
      DataCheck.self, DataFaces.self, DataUnpair.self, DataStills.self, DataActors.self, DataPlay.self,
    ])
}

extension FaceFolder.Format: ExpressibleByArgument {}

/// How faces are found in a list's media files; folders of images are faces already.
struct FaceOptions: ParsableArguments {
  @Option(help: "Whose face to follow in media files; folders hold aligned faces already.")
  var face = FaceChoice.largest
  @Option(
    help: ArgumentHelp(
      "dlib landmark model that puts the eyes exactly where the model wants them.", valueName: "file"))
  var landmarks: String?
  @Flag(help: "Take a landmark model whose checksum is not the published one's.") var landmarksAny = false
  @OptionGroup var tracks: TrackOptions
  @OptionGroup var cutting: CuttingOptions

  func validate() throws {
    if landmarksAny && landmarks == nil { throw ValidationError("--landmarks-any needs --landmarks FILE.") }
  }

  var threadCount: Int { cutting.threadCount }

  func recordingOptions() throws -> Recording.Options {
    var options = Recording.Options()
    (options.faces, options.tracks) = (face, tracks.choices)
    options.landmarks = try landmarks.map { try LandmarkModel(path: $0, allowAny: landmarksAny) }
    options.framing = try cutting.framing()
    return options
  }
}

/// `mien data check`: what in a list cannot be used, before hours of training find it.
struct DataCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Find clips of a list that cannot be used, and count the classes.",
    discussion: """
      EXAMPLES:
        mien data check train.csv --labels crema-d --modalities av
        mien data check train.csv --skip-faces --json | jq .problems

      Every clip is read to its end, files of features (.npy, .safetensors) too. Broken ones (missing, unreadable, silent, too little sound, no face, wrong label) \
      are named on stderr and counted on stdout; the exit status is then 65. A class without a clip is a warning.
      """)

  @Argument(help: "The list: lines of 'video audio label'.", completion: .file()) var list: String
  @Option(
    help: ArgumentHelp(
      "Class names: crema-d, mafw, names with commas between them, or a file with a name a line. (default: as many "
        + "classes as the labels say)", valueName: "names"))
  var labels: String?
  @Option(
    help: ArgumentHelp("Attributes that labels have by name, such as valence,arousal.", valueName: "names"))
  var attributes: String?
  @Option(help: ArgumentHelp("The labels are a regression's, so many numbers each.", valueName: "count"))
  var values: Int?
  @Option(
    help:
      "Modalities that every clip must have, and that are looked at: av, a or v. (default: those that the list gives it)"
  )
  var modalities: Modalities?
  @Flag(help: "Do not decode pictures; only see that the files are there.") var skipFaces = false
  @Flag(help: "One JSON object on stdout instead of a table.") var json = false
  @OptionGroup var faces: FaceOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if labels != nil && values != nil { throw ValidationError("--labels and --values exclude each other.") }
    if attributes != nil && values != nil { throw ValidationError("--attributes and --values exclude each other.") }
    if let values, !(1...1000).contains(values) {
      throw ValidationError("--values must be from 1 to 1000, not \(values).")
    }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    let clips = try AnnotationList(path: list, bytes: try readFile(list))
    let names = try labels.map { try outputNames($0, option: "--labels") }
    let rated = try attributes.map { try outputNames($0, option: "--attributes") }
    let target =
      rated.map { .labels(classes: names?.count ?? 0, attributes: $0.count) }
      ?? names.map { .classes($0.count) } ?? values.map(Recipe.Target.values) ?? Recipe.Target(inferredFrom: clips)
    let isNamed = names != nil || rated != nil
    let labels = isNamed ? LabelReader(classes: names ?? [], attributes: rated ?? []) : nil
    let options = try faces.recordingOptions()
    let looksForFaces = !skipFaces
    let needs = modalities ?? []
    let features = try ListFeatures(clips)
    var report = ListReport(list: list, target: target, names: names, namesFeatures: !features.named.isEmpty)
    var progress = ListProgress(verbosity, of: clips.entries.count)
    defer { progress.clear() }
    let work = OrderedWork("check", items: 0..<clips.entries.count, threads: faces.threadCount, ahead: 64) {
      { item, isCancelled in
        ClipInspection(
          of: clips.entries[item], in: clips, target: target, labels: labels, features: features, needs: needs,
          options: options,
          looksForFaces: looksForFaces, isCancelled: isCancelled)
      }
    }
    defer { work.cancel() }
    for entry in clips.entries {
      if let status = Interruption.status {
        throw Failure(status, "stopped after \(report.clips) of \(clips.entries.count) clips")
      }
      guard let inspection = work.next() else { break }
      report.add(inspection, entry: entry)
      if !inspection.findings.isEmpty {
        progress.clear()
        for finding in inspection.findings {
          log.error(
            "\(Failure(.badData, "\(list):\(entry.line): \(finding.problem.rawValue): \(finding.detail)").line!)")
        }
      }
      progress.show(report.clips)
    }
    progress.clear()
    for line in report.warnings { log.warning("\(line)") }
    let advice = "mend their files or take out their lines"
    try Output().end(
      with: json ? report.json.text + "\n" : report.table,
      failure: report.broken == 0
        ? nil
        : Failure(.badData, "\(list): \(report.broken) of \(report.clips) clips cannot be used; \(advice)"))
  }
}

/// `mien data faces`: follow every face once instead of in every epoch.
struct DataFaces: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "faces", abstract: "Extract aligned faces and 16 kHz sound of a list once, for training.",
    discussion: """
      EXAMPLES:
        mien data faces train.csv -o prepared

      Follows the face in every media file as replay and live do, and writes a folder of pictures and a FLAC file a \
      clip, and the new list DIR/list.csv. Clips that are done are skipped, so that a run which was stopped can simply be \
      started again. Broken clips are named, counted and left out; the exit status is then 65.
      """)

  @Argument(help: "The list: lines of 'video audio label'.", completion: .file()) var list: String
  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "dir"), completion: .directory)
  var output: String
  @Option(help: "Pictures: png (exact), or jpg (a fifth of the disk).") var format = FaceFolder.Format.png
  @OptionGroup var faces: FaceOptions
  @OptionGroup var verbosity: Verbosity

  private var target: String { output + "/list.csv" }

  func validate() throws {
    if isSameFile(target, list) { throw ValidationError("\(target) would overwrite the list.") }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    let clips = try AnnotationList(path: list, bytes: try readFile(list))
    if try !ListFeatures.modalities(of: clips).isEmpty {
      throw Failure(
        .usage, "\(list): names files of features, which have no faces and no sound; train on them as they are")
    }
    try needFolders(above: output)
    let extraction = try ClipExtraction(
      folder: output, format: format, options: try faces.recordingOptions(), landmarks: faces.landmarks)
    var progress = ListProgress(verbosity, of: clips.entries.count)
    defer { progress.clear() }
    let work = OrderedWork("faces", items: 0..<clips.entries.count, threads: faces.threadCount, ahead: 64) {
      { item, isCancelled in
        extraction.extract(clips.entries[item], of: clips) { isCancelled() || Interruption.status != nil }
      }
    }
    defer { work.cancel() }
    var (lines, broken, new) = ("", 0, 0)
    for (done, entry) in clips.entries.enumerated() {
      guard let outcome = work.next() else { break }
      switch outcome {
      case .made(let video, let audio, let isNew):
        lines += ([video ?? "-", audio ?? "-"] + entry.label).map(listField).joined(separator: " ") + "\n"
        new += isNew ? 1 : 0
      case .broken(let reason):
        broken += 1
        progress.clear()
        log.error("\(Failure(.badData, "\(list):\(entry.line): \(reason)").line!)")
      case .cannotWrite(let error): throw error
      case .stopped: break
      }
      if let status = Interruption.status {
        throw Failure(
          status, "stopped after \(done) of \(clips.entries.count) clips; the same command goes on from there")
      }
      progress.show(done + 1)
    }
    progress.clear()
    let made = clips.entries.count - broken
    if made > 0 {
      let file = try Output(file: target)
      try file.write(lines)
      try file.finish()
      log.notice("\(target): \(made) clips, \(made - new) of them there already")
    } else if access(target, F_OK) == 0 {
      log.warning("\(target): is still that of an earlier list")
    }
    if broken > 0 {
      throw Failure(.badData, "\(list): \(broken) of \(clips.entries.count) clips cannot be used and were left out")
    }
  }
}
