import ArgumentParser
import Files
import Glibc
import Logging
import MienKit

/// Everything that is not a result goes to stderr, through swift-log.
struct Verbosity: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say more on stderr.") var verbose = false
  @Flag(name: .shortAndLong, help: "Say only errors on stderr.") var quiet = false

  func validate() throws {
    if verbose && quiet { throw ValidationError("--verbose and --quiet exclude each other.") }
  }

  /// A progress bar belongs on a terminal that shows no results beside it.
  /// - Parameter output: where results go while the bar is drawn; nil: nowhere.
  func wantsProgress(resultsTo output: Output?) -> Bool {
    !quiet && isatty(STDERR_FILENO) == 1 && output?.isTerminal != true && processEnvironment()["TERM"] != "dumb"
  }

  /// To be called once, at the command's begin.
  func bootstrap() -> Logger {
    let level: Logger.Level = verbose ? .debug : quiet ? .error : .notice
    LoggingSystem.bootstrap { _ in StderrLog(logLevel: level) }
    return Logger(label: "mien")
  }
}

/// One line a message, `mien: …`, with the level where it is not an ordinary word.
struct StderrLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]

  init(logLevel: Logger.Level) { self.logLevel = logLevel }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let word =
      switch event.level {
      case .warning: "warning: "
      case .debug, .trace: "debug: "
      default: ""
      }
    printError("mien: \(word)\(oneLine("\(event.message)"))")
  }
}

/// A text that may come from a file, without what would steer a terminal or begin another line.
func oneLine(_ text: String) -> String {
  String(String.UnicodeScalarView(text.unicodeScalars.map { steersTerminal($0) ? " " : $0 }))
}

/// A line on stderr in one write, so that lines of several processes do not mix; a closed stderr is nobody's concern.
func printError(_ line: String) {
  var text = line + "\n"
  text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
}
