import ArgumentParser
import Files
import Glibc
import Logging
import Media
import MienKit
import Outlets
import Recognition
import Signal
import Threading

/// `mien live`: webcam and microphone in, a stream out.
struct Live: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the emotions of whoever is in front of the camera, as they come.",
    discussion: """
      EXAMPLES:
        mien live --model base                       a meter on the terminal
        mien live --model base | jq -c '[.end, .top]'
        mien live --model base --record recordings/monday
        mien live --model base --listen unix:/tmp/mien.sock
        mien live --model base --audio none --video "HD Webcam"

      On a terminal a meter is drawn; with --json, or in a pipe, one JSON line a window of 2.56 s comes, as in \
      docs/stream.md. A device that goes away is said and taken back when it returns. Ctrl-C ends the session; the \
      status is then 0.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var capture: CaptureOptions

  @Option(help: ArgumentHelp("Seconds from one window to the next.", valueName: "seconds")) var hop = WindowSchedule
    .usualHop.seconds
  @Option(help: "Whose face to follow: largest or center; none: --video is a file of aligned faces.") var face =
    FaceChoice.largest
  @Option(help: ArgumentHelp("dlib's 5-point landmark model, which places the eyes exactly.", valueName: "file"))
  var landmarks: String?
  @Flag(help: "Take a landmark model whose checksum is not the published one's.") var landmarksAny = false
  @Option(
    help: ArgumentHelp("Record the session into this new folder; mien replay plays it again.", valueName: "dir"))
  var record: String?
  @Option(
    help: ArgumentHelp(
      "Give the lines to other programs, too: unix:PATH, tcp:PORT or tcp:ADDRESS:PORT; several times for several.",
      valueName: "address"),
    transform: { text in
      do { return try ListenAddress(text) } catch { throw ValidationError("\(error).") }
    })
  var listen: [ListenAddress] = []
  @Option(
    help: ArgumentHelp(
      "What readers must say first; needed for addresses of other machines. (default: $MIEN_LISTEN_TOKEN)",
      valueName: "token"))
  var listenToken: String?
  @Flag(help: "JSON lines also on a terminal.") var json = false
  @Option(help: "How results are written on stdout.") var format: StreamFormat?
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    guard hop.isFinite, (0.01...3600).contains(hop) else {
      throw ValidationError("--hop must be from 0.01 to 3600 seconds, not \(hop).")
    }
    if landmarksAny && landmarks == nil { throw ValidationError("--landmarks-any needs --landmarks FILE.") }
    if json, let format, format != .jsonl { throw ValidationError("--json and --format \(format) exclude each other.") }
    if face == .none, capture.video != "none", !CaptureRequest.isPath(capture.video) {
      throw ValidationError("--face none is for --video FILE of aligned faces; a camera sees a room.")
    }
    if let record, record.isEmpty { throw ValidationError("--record needs the name of a folder.") }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    var request = LiveRequest(capture.request)
    try request.capture.checkFiles()
    let chosen = try model.request.choose { log.say($0) }
    (request.hop, request.face, request.duration) = (Instant(seconds: hop), face, capture.duration)
    request.record = record
    request.landmarks = try landmarks.map { try LandmarkModel(path: $0, allowAny: landmarksAny) }
    let recognizer = try model.recognizer(chosen, log)
    let notices = Notices(log)
    defer { notices.finish() }
    let broadcaster = try listen.isEmpty ? nil : Broadcaster(listen, token: token) { notices.say($0) }
    for address in broadcaster?.addresses ?? [] { log.notice("listening on \(address)") }
    let setup = try LiveSetup(request, model: chosen)
    var isListening = broadcaster != nil
    // A session that never begins leaves no socket behind.
    defer { if isListening { broadcaster?.finish(within: 0) } }

    let begun = try setup.begin(
      stop: { Interruption.reason != nil }, waiting: { log.notice("waiting: \($0)") })
    guard let live = begun else { return }
    let others: [(any LiveOutput)?] = [broadcaster]
    let outputs = LiveOutputs(format: shown, others: others.compactMap { $0 })
    isListening = false
    let end = live.run(recognizer, outputs: outputs.all) { devices in
      if let reason = Interruption.reason { return reason }
      outputs.show(.init(framesPerSecond: devices.measuredRate, framesDropped: devices.framesDropped))
      return outputs.closing == nil ? nil : .endOfInput
    }
    let outcome = end.outcome
    // One that fails must not keep the others from ending, nor a reader who has gone hide what else went wrong.
    var problems = [outcome.failure, end.recordingFailure].compactMap { $0 }
    do { try outputs.finish() } catch OutputError.closedPipe where !problems.isEmpty {} catch { problems.append(error) }
    for problem in problems.dropFirst() { log.error("\(Failure(problem).line ?? "")") }
    if let problem = problems.first { throw problem }
    log.info("\(outcome.closed.windows) windows, \(outcome.closed.answered) with an answer")
  }

  private var token: ListenToken? {
    get throws {
      let text = listenToken ?? processEnvironment()["MIEN_LISTEN_TOKEN"]
      return try text.flatMap { $0.isEmpty ? nil : try ListenToken($0) }
    }
  }

  /// nil: the meter.
  private var shown: StreamFormat? { json ? .jsonl : format ?? (isatty(STDOUT_FILENO) == 1 ? nil : .jsonl) }
}
