import ArgumentParser
import Logging
import Recognition

/// `mien record`: camera and microphone into a session folder, without a model.
struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record camera and microphone into a session folder, without a model.",
    discussion: """
      EXAMPLES:
        mien record recordings/monday
        mien record recordings/monday --duration 600 --no-wait
        mien replay recordings/monday --model base

      mien live --record does the same while it reads emotions. recordings/README.md describes the folder. Nothing is \
      overwritten. Record only people who have agreed to it.
      """)

  @Argument(help: "The new session folder.") var folder: String
  @OptionGroup var capture: CaptureOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws { if folder.isEmpty { throw ValidationError("FOLDER is empty.") } }

  func run() throws {
    let log = verbosity.bootstrap()
    let recording = PlainRecording(
      capture: capture.request, folder: folder, duration: capture.duration, title: "recording \(folder)")
    guard let seconds = try recording.run(verbosity, log) else { return }
    log.notice("\(seconds.rounded(places: 1)) s in \(folder)")
  }
}
