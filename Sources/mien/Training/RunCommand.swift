import Files
import Glibc
import Logging
import TrainingRuns

/// Runs a training with what a user sees of it: a bar or a line an epoch, broken clips, how to go on, a summary.
struct RunCommand {
  private let options: TrainingOptions
  private let log: Logger

  init(_ options: TrainingOptions, _ log: Logger) { (self.options, self.log) = (options, log) }

  /// - Throws: what ends the training early; the last checkpoint stays.
  func go(_ run: TrainingRun) throws {
    let screen = TrainingScreen(run.plan, showsBar: options.verbosity.wantsProgress(resultsTo: nil), log)
    defer { screen.clear() }
    if !options.verbosity.quiet { Interruption.answers(onTerminal: isatty(STDERR_FILENO) == 1) }
    if run.resumedAt > 0, run.resumedAt < run.plan.steps {
      log.notice("\(path): goes on after step \(run.resumedAt) of \(run.plan.steps)")
    }
    let summary: TrainingRun.Summary
    do { summary = try run.run(stop: { Interruption.reason != nil }, observe: screen.show) } catch {
      screen.clear()
      log.notice("\(path): \(whatStays(run.lastCheckpoint, after: Failure(error).status))")
      throw error
    }
    screen.clear()
    switch summary.end {
    case .done: break
    case .finishedBefore: log.notice("\(path): is finished already, after \(summary.steps) steps")
    case .interrupted:
      log.notice(
        "\(path): stopped after step \(summary.steps) of \(run.plan.steps); the same command with --resume goes on")
    }
    try Output().write(json(summary, of: run.settings.validation).text + "\n")
  }

  /// Said beside an error. What cannot be written today can be tomorrow; what is wrong with clips or weights stays wrong.
  private func whatStays(_ checkpoint: Int?, after status: ExitStatus) -> String {
    let canGoOn = status == .cannotWrite
    guard let checkpoint else {
      return "no checkpoint was made yet\(canGoOn ? "; the same command with --resume begins again" : "")"
    }
    return "the checkpoint of step \(checkpoint) stays"
      + (canGoOn ? "; the same command with --resume goes on from it" : ", see \(path)/last")
  }

  private var path: String { options.output }

  /// - Parameter lists: those of the validation.
  private func json(_ summary: TrainingRun.Summary, of lists: RunSettings.Lists?) -> JSON {
    var members: [JSON.Member] = [
      .init("run", .string(path)), .init("end", .string(summary.end.rawValue)), .init("steps", .int(summary.steps)),
      .init("last", .optional(access(path + "/last", F_OK) == 0 ? path + "/last" : nil)),
      .init("best", .optional(access(path + "/best", F_OK) == 0 ? path + "/best" : nil)),
      .init("best_step", .optional(summary.best?.step)), .init("broken_clips", .int(summary.broken)),
      .init("loss", .optional(summary.loss)),
    ]
    if let found = summary.validation { members.append(.init("validation", validation(found, lists?.clips, lists))) }
    return .object(members)
  }

  /// - Parameter listed: clips of the lists, broken ones too.
  private func validation(_ found: RunRecord.Validation, _ listed: Int?, _ lists: RunSettings.Lists?) -> JSON {
    var members: [JSON.Member] = found.list.map { [.init("list", .string($0))] } ?? []
    members += [
      .init("step", .int(found.step)), .init("clips", .int(found.clips)),
      .init("broken_clips", .optional(listed.map { $0 - found.clips })), .init("loss", .double(found.loss)),
    ]
    if found.confusion != nil {
      members += [
        .init("uar", .optional(found.uar)), .init("war", .optional(found.war)),
        .init("weighted_f1", .optional(found.weightedF1)),
      ]
    }
    for (name, values) in [("ccc", found.ccc), ("pcc", found.pcc)] {
      if let values { members.append(.init(name, .array(values.map(JSON.optional)))) }
    }
    if let undecided = found.undecided { members.append(.init("undecided", .int(undecided))) }
    if let each = found.lists {
      members.append(
        .init(
          "lists",
          .array(
            each.map { one in
              validation(one, lists?.sources.first { $0.path == one.list }?.clips, nil)
            })))
    }
    return .object(members)
  }
}
