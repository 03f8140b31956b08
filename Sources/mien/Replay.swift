public import ArgumentParser
import Glibc
import Logging
import Media
public import Recognition
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
    } else if let factor = Double(argument), factor.isFinite, factor > 0 {
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
        ffmpeg -i rtsp://… -f matroska - | mien replay - --model base

      One JSON line a window of 2.56 s; docs/stream.md describes them, schema/mien.stream-1.0.schema.json checks them. \
      A file named by -o is written as FILE.partial and gets its name when the stream is whole; on a terminal a \
      progress bar shows how far it is.
      """)

  @Argument(help: "A media file, a folder of face images, or - for a media file on stdin.")
  var input: String

  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("Seconds from one window to the next.", valueName: "seconds")) var hop = 0.32
  @Option(help: ArgumentHelp("max, or a multiple of real time, such as 1.0.", valueName: "speed"))
  var speed = ReplaySpeed.max
  @Option(
    help: """
      Whose face to follow; none: the frames are aligned faces already. (default: largest; none for a folder)
      """)
  var face: FaceChoice?
  @Option(help: ArgumentHelp("A sound file that replaces the recording's sound.", valueName: "file"))
  var audio: String?
  @Option(help: ArgumentHelp("Images a second in a folder. (default: 25)", valueName: "rate")) var fps: Double?
  @Option(help: ArgumentHelp("dlib's 5-point landmark model, which places the eyes exactly.", valueName: "file"))
  var landmarks: String?
  @Flag(help: "Take a landmark model whose checksum is not the published one's.") var landmarksAny = false
  @Option(help: ArgumentHelp("Keep every face that the model sees as a png in this folder.", valueName: "dir"))
  var saveCrops: String?
  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of stdout.", valueName: "file"))
  var output: String?
  @Option(help: "How results are written.") var format = StreamFormat.jsonl
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    guard hop.isFinite, (0.01...3600).contains(hop) else {
      throw ValidationError("--hop must be from 0.01 to 3600 seconds, not \(hop).")
    }
    if let fps, !(fps.isFinite && (0.1...1000).contains(fps)) {
      throw ValidationError("--fps must be from 0.1 to 1000, not \(fps).")
    }
    if fps != nil, !isFolder(input) { throw ValidationError("--fps is for folders of images; \(input) is none.") }
    if landmarksAny && landmarks == nil { throw ValidationError("--landmarks-any needs --landmarks FILE.") }
    if input.isEmpty { throw ValidationError("INPUT is empty.") }
    if let output, output != "-" {
      for source in [input, audio].compactMap({ $0 }) where isSameFile(output, source) {
        throw ValidationError("-o \(output) would overwrite \(source).")
      }
    }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    let schedule = WindowSchedule(hop: Instant(seconds: hop))
    var options = Recording.Options()
    options.faces = followed
    options.schedule = schedule
    options.audio = audio
    options.saveCrops = saveCrops
    options.landmarks = try landmarks.map { try LandmarkModel(path: $0, allowAny: landmarksAny) }
    let chosen = try model.choose(log)
    options.framing = chosen.framing
    options.stop = { Interruption.reason != nil }
    let recording = try opened(options)
    if let recording {
      log.debug("\(recording.video.map { "\($0)" } ?? "no picture"), \(recording.sound.map { "\($0)" } ?? "no sound")")
    }
    let recognizer = try model.recognizer(chosen, log)

    let out = try output.flatMap { $0 == "-" ? nil : try Output(file: $0) } ?? Output()
    let header = SessionCreated(
      version: Mien.version,
      source: .init(recording, kind: kind, input: input, audioInput: audio),
      model: chosen.summary, hop: schedule.hop, face: followed.rawValue, wall: wallTime())
    var formatter = StreamFormatter(format)
    var progress = Progress(total: recording?.duration, isWanted: verbosity.wantsProgress(resultsTo: out))
    func say(_ event: StreamEvent) throws {
      if let text = formatter.text(for: event) { try out.write(text) }
      progress.show(event)
    }
    let session = ReplaySession(
      header: header, source: RecordingSource(recording), recognizer: recognizer, speed: speed.factor,
      clock: SteadyClock(), stop: { Interruption.reason }, sink: say)
    defer { progress.clear() }
    let outcome = try session.run()
    progress.clear()
    try end(outcome, out, log)
  }

  /// nil: stopped while standard input gave nothing; there is still a stream, of a session without tracks.
  private func opened(_ options: Recording.Options) throws -> Recording? {
    do { return try Recording(source, options: options) } catch let error as MediaError where error.kind == .stopped {
      return nil
    }
  }

  /// Images in a folder are faces that somebody has cut out already, as in evaluation lists.
  private var followed: FaceChoice { face ?? (isFolder(input) ? .none : .largest) }

  private var source: Recording.Input {
    if input == "-" { return .standardInput }
    return isFolder(input) ? .folder(input, fps: fps ?? 25) : .file(input)
  }

  private var kind: String { input == "-" ? "stdin" : isFolder(input) ? "folder" : "file" }

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

  private struct Progress {
    let total: Double?
    let isWanted: Bool
    private var bar = ProgressBar()
    private let clock = SteadyClock()
    private let began = SteadyClock().now()
    private var windows = 0

    init(total: Double?, isWanted: Bool) { (self.total, self.isWanted) = (total, isWanted) }

    mutating func show(_ event: StreamEvent) {
      guard isWanted, case .result(let result) = event else { return }
      windows += 1
      let now = clock.now()
      bar.show(now: now) {
        ProgressBar.text(
          seconds: result.end.seconds, total: total, elapsed: Double(now - began) / 1e9, windows: windows, width: $0)
      }
    }

    mutating func clear() { bar.clear() }
  }
}
