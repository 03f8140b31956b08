public import ArgumentParser
import Files
import Glibc
import Logging
import Media
import MienKit
import Models
import Networks
import Outlets
public import Recognition
import Sessions
public import Signal

extension FaceChoice: ExpressibleByArgument {}
extension StreamFormat: ExpressibleByArgument {}

/// How fast a recording goes through.
enum ReplaySpeed: ExpressibleByArgument, Equatable, CustomStringConvertible {
  case max
  /// Seconds of the recording a second.
  case times(Double)

  init?(argument: String) {
    if argument == "max" {
      self = .max
    } else if let factor = Double(argument), (0.001...1000).contains(factor) {
      self = .times(factor)
    } else {
      return nil
    }
  }

  var description: String {
    switch self {
    case .max: "max"
    case .times(let factor): "\(factor)"
    }
  }

  var factor: Double? { if case .times(let factor) = self { factor } else { nil } }
}

/// `mien replay`: a recording goes in, a stream comes out.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a recording's emotions as a timestamped stream.",
    discussion: """
      EXAMPLES:
        mien replay clip.mp4 --model base
        mien replay clip.mp4 --model base | jq -c 'select(.top) | [.end, .top]'
        mien replay clip.mp4 --model base --format vtt -o clip.vtt
        mien replay faces/ --audio speech.wav --model base
        mien replay recordings/monday
        mien replay recordings/eve --truth recordings/eve/truth.tsv --format text
        ffmpeg -i rtsp://… -f matroska - | mien replay - --model base

      One JSON line a window of 2.56 s; docs/stream.md describes them, schema/mien.stream-1.3.schema.json checks them. \
      A file named by -o is written as FILE.partial and gets its name when the stream is whole; on a terminal a \
      progress bar shows how far it is.
      """)

  @Argument(help: "A media file, a recorded session, a folder of face images, or - for a media file on stdin.")
  var input: String

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Seconds from one window to the next. (default: 0.32), or the session's own", valueName: "seconds"))
  var hop: Double?
  @Option(help: ArgumentHelp("max, or a multiple of real time from 0.001 to 1000.", valueName: "speed"))
  var speed = ReplaySpeed.max
  @Option(
    help: """
      Whose face to follow; none: the frames are aligned faces already. (default: largest; none for a folder)
      """)
  var face: FaceChoice?
  @Option(help: ArgumentHelp("A sound file that replaces the recording's sound.", valueName: "file"))
  var audio: String?
  @Option(
    help: ArgumentHelp(
      "Seconds by which the file of --audio is late; below 0 it is early. (default: 0)", valueName: "seconds"))
  var audioOffset: Double?
  @OptionGroup var tracks: TrackOptions
  @Option(help: ArgumentHelp("Images a second in a folder. (default: 25)", valueName: "rate")) var fps: Double?
  @Option(help: ArgumentHelp("dlib's 5-point landmark model, which places the eyes exactly.", valueName: "file"))
  var landmarks: String?
  @Flag(help: "Take a landmark model whose checksum is not the published one's.") var landmarksAny = false
  @Option(help: ArgumentHelp("Keep every face that the model sees as a png in this folder.", valueName: "dir"))
  var saveCrops: String?
  @Flag(help: "Look for faces anew in a session, instead of following them as it did when it was recorded.")
  var refind = false
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of stdout.", valueName: "file"))
  var output: String?
  @Option(help: "How results are written.") var format = StreamFormat.jsonl
  @Option(
    help: ArgumentHelp(
      "What was played when: lines of start, end and emotion. At the end it is said how often the right one leads.",
      valueName: "file"))
  var truth: String?
  @Option(help: ArgumentHelp("Draw the stream, with faces and truth, into this PNG file.", valueName: "file"))
  var picture: String?
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if let hop, !(hop.isFinite && (0.01...3600).contains(hop)) {
      throw ValidationError("--hop must be from 0.01 to 3600 seconds, not \(hop).")
    }
    if let fps, !(fps.isFinite && (0.1...1000).contains(fps)) {
      throw ValidationError("--fps must be from 0.1 to 1000, not \(fps).")
    }
    if let audioOffset, !(abs(audioOffset) <= 86_400) {
      throw ValidationError("--audio-offset must be from -86400 to 86400 seconds, not \(audioOffset).")
    }
    if audioOffset != nil && audio == nil {
      throw ValidationError("--audio-offset is of --audio, which was not given.")
    }
    if isSession {
      if tracks.choices != TrackChoices() {
        throw ValidationError("--audio-track and --video-track are not for sessions, which have one of each.")
      }
      if audio != nil { throw ValidationError("--audio is not for sessions, which have their own sound.") }
      if !refind, face != nil || landmarks != nil {
        throw ValidationError("--face and --landmarks need --refind: the session keeps the faces that it followed.")
      }
    } else if refind {
      throw ValidationError("--refind is for recorded sessions; \(input) is none.")
    }
    if fps != nil, !isFolder(input) || isSession {
      throw ValidationError("--fps is for folders of images; \(input) is none.")
    }
    if landmarksAny && landmarks == nil { throw ValidationError("--landmarks-any needs --landmarks FILE.") }
    if input.isEmpty { throw ValidationError("INPUT is empty.") }
    let written = [("-o", output == "-" ? nil : output), ("--picture", picture)].compactMap { name, path in
      path.map { (name, $0) }
    }
    let read = [input, audio, truth, landmarks].compactMap { $0 }
    for (name, path) in written {
      if let source = read.first(where: { isSameFile(path, $0) || isFile(path, of: $0, where: isRead) }) {
        throw ValidationError("\(name) \(path) would overwrite \(source).")
      }
    }
    if let output, let picture, isOnePlace(output, picture) {
      throw ValidationError("-o and --picture are one file, \(output).")
    }
  }

  /// Whether a file of the input's folder is one that is read.
  private func isRead(_ name: String) -> Bool {
    guard isSession else { return isPicture(name) }
    let tables = SessionFolder.tables + [SessionFolder.manifest, Truth.file]
    return tables.contains(name) || name.hasPrefix("session") && name.hasSuffix(".mkv")
  }

  func run() throws {
    let log = verbosity.bootstrap()
    var request = RecordingRequest(input)
    let manifest = try request.manifest
    (request.hop, request.face, request.audio) = (hop.map { Instant(seconds: $0) }, face, audio)
    (request.imagesPerSecond, request.saveCrops, request.refindsFaces) = (fps ?? 25, saveCrops, refind)
    request.landmarks = try landmarks.map { try LandmarkModel(path: $0, allowAny: landmarksAny) }
    (request.tracks, request.audioOffset) = (tracks.choices, audioOffset ?? 0)
    request.stop = { Interruption.reason != nil }
    let chosen =
      try manifest.map { try model.request.choose(for: $0, at: input) { log.say($0) } }
      ?? model.request.choose { log.say($0) }
    let truth = try truth.map { try readTruth($0, chosen.summary) }
    if picture != nil, chosen.summary.task == .regression {
      throw Failure(.usage, "--picture shows a classifier's probabilities; \(chosen.config.id) is a regression")
    }
    var recording = try request.open(manifest, framing: chosen.framing, following: chosen.following) { say($0, log) }
    let recognizer = try model.recognizer(chosen, log)

    let out = try output.flatMap { $0 == "-" ? nil : try Output(file: $0) } ?? Output()
    let score = truth.map { TruthScore($0) }
    let strip = picture.map { _ in FaceStrip(recording.source) }
    if let strip { recording.source = strip }
    let figure = picture.map { _ in StreamFigure(title: input, truth: truth) }
    let progress = ReplayProgress(total: recording.duration, isWanted: verbosity.wantsProgress(resultsTo: out))
    let file = StreamFile(out, format, truth: truth)
    let wanted: [(any StreamOutput)?] = [file, score, figure, progress]
    let outputs = wanted.compactMap { $0 }
    let session = recording.session(
      recognizer, speed: speed.factor, stop: { Interruption.reason }, sink: { try outputs.receive($0) })
    defer { progress.clear() }
    let outcome = try session.run()
    progress.clear()
    if let score = score?.score, outcome.closed.reason == .endOfInput {
      if format == .text { try out.write(score.words + "\n") } else { log.notice("\(score.words)") }
    }
    // What is wrong with the picture must not cost the stream its name.
    let drawn = Result {
      guard let picture, let figure else { return }
      let file = try Output(file: picture)
      try file.write(try figure.png(strip))
      try file.finish()
    }
    try end(outcome, out, log)
    try drawn.get()
  }

  private func readTruth(_ path: String, _ model: ModelSummary) throws -> Truth {
    guard model.task == .classification else {
      throw Failure(.usage, "--truth \(path): \(model.id) is a regression; only a classifier's answers can be right")
    }
    let text = String(decoding: try readFile(path), as: UTF8.self)
    do { return try Truth(parsing: text, labels: model.labels) } catch { throw Failure(.badData, "\(path): \(error)") }
  }

  private var isSession: Bool { SessionFolder.isSession(input) }

  /// What happened while the recording was opened, in the command's words.
  private func say(_ note: RecordingNote, _ log: Logger) {
    switch note {
    case .tracks(let video, let sound):
      log.debug("\(video.map { "\($0)" } ?? "no picture"), \(sound.map { "\($0)" } ?? "no sound")")
    case .silentTrack(let number, let better):
      log.warning(
        "track \(number) of the sound is silent, but there is sound in track \(better): --audio-track \(better.number)")
    case .neverClosed: log.warning("\(input): never closed; it is replayed as far as it was written")
    case .endedEarly(let failure): log.warning("\(input): recording ended early: \(failure)")
    case .framedDifferently:
      log.warning("the model wants faces framed differently than \(input) has them; --refind frames them anew")
    }
  }

  /// Gives the file its name if the stream is whole, and ends with the status that the outcome deserves.
  private func end(_ outcome: ReplaySession.Outcome, _ out: Output, _ log: Logger) throws {
    let closed = outcome.closed
    let broken = outcome.failure.map(Failure.init) ?? outcome.damage.first.map { Failure(.badData, $0) }
    if let broken {
      let kept = out.leave().map { "; what there is stays in \($0)" } ?? ""
      // The rest is in the stream's status lines.
      for damage in outcome.damage.dropFirst() { log.debug("\(damage)") }
      throw Failure(broken.status, broken.line.map { $0 + kept })
    }
    try out.finish()
    let speed = closed.speed.map { ", \($0.rounded(places: 1))× real time" } ?? ""
    log.info("\(closed.windows) windows, \(closed.answered) with an answer\(speed)")
    if let status = Interruption.status { throw Failure(status, nil) }
  }
}
