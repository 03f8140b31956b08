import ArgumentParser
import Files
import MienKit
import TrainingRuns

/// `mien report`: a run's page, made anew.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Make a training run's report.html anew.",
    discussion: """
      EXAMPLES:
        mien report runs/first
        xdg-open "$(mien report runs/first)"

      Reads RUN/config.json and RUN/log.jsonl, also while training is at work, and prints the page's path. The page has \
      the curves, the confusion matrices and the settings, and loads nothing.
      """)

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  func run() throws {
    Interruption.endAtOnce()
    guard isFolder(folder) else {
      throw Failure(.noInput, "\(folder): is no folder; name a folder that training made")
    }
    try Output().write(RunReport.write(folder: folder) + "\n")
  }
}
