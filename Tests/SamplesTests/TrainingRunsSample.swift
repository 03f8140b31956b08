import Foundation
import TrainingRuns

/// The sample of the article on `TrainingRuns`.
func runsSample(folder: String) throws -> RunHistory {
  // The sample begins.
  let path = folder + "/log.jsonl"
  let log = try Data(contentsOf: URL(fileURLWithPath: path))
  let history = RunHistory(records: try RunLogReader.records(log, path: path))
  for epoch in history.epochs { print(epoch.epoch, epoch.loss, epoch.seconds) }
  if let best = history.best { print("best at step \(best.step): UAR", best.uar ?? 0) }

  let report = try RunReport.write(folder: folder)
  print(report)  // the path of report.html
  // The sample ends.
  return history
}
