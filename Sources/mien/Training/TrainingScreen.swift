import Glibc
import Logging
import MienKit
import TrainingRuns

/// What stderr shows of a training: a bar on a terminal, else a line an epoch; broken clips in any case.
final class TrainingScreen {
  private let plan: RunPlan
  private let showsBar: Bool
  private let log: Logger
  private var bar = ProgressBar()
  private let clock = SteadyClock()
  private let began: Int64
  private var (clips, steps) = (0, 0)

  init(_ plan: RunPlan, showsBar: Bool, _ log: Logger) {
    (self.plan, self.showsBar, self.log) = (plan, showsBar, log)
    began = clock.now()
  }

  func clear() { bar.clear() }

  func show(_ record: RunRecord) {
    switch record {
    case .step(let step):
      clips += step.clips
      steps += 1
      guard showsBar else { break }
      let now = clock.now()
      let elapsed = Double(now - began) / 1e9
      let progress = ProgressBar.Training(
        step: step.step + 1, steps: plan.steps, epoch: step.epoch + 1, epochs: plan.epochs, loss: step.loss,
        clipsPerSecond: elapsed > 0 ? Double(clips) / elapsed : 0,
        secondsLeft: elapsed / Double(steps) * Double(plan.steps - step.step - 1))
      bar.show(now: now) { ProgressBar.text(progress, width: $0) }
    case .broken(let broken):
      bar.clear()
      log.error("\(Failure(.badData, broken.clip).line ?? "")")
    case .epoch(let epoch):
      bar.clear()
      let rate = epoch.seconds > 0 ? Double(epoch.clips) / epoch.seconds : 0
      let broken = epoch.broken > 0 ? ", \(epoch.broken) clip\(epoch.broken == 1 ? "" : "s") skipped" : ""
      let line =
        "epoch \(epoch.epoch + 1) of \(plan.epochs): step \(epoch.step), loss \(Self.short(epoch.loss)), "
        + "\(Self.short(rate)) clips/s\(broken)"
      log.notice("\(line)")
    case .validation(let found):
      bar.clear()
      for one in [found] + (found.lists ?? []) {
        let line = Self.words(one)
        log.notice("\(line)")
      }
    case .checkpoint(let checkpoint): log.debug("checkpoint \(checkpoint.path)")
    case .created, .layerWeights, .resumed, .closed: break
    }
  }

  private static func words(_ found: RunRecord.Validation) -> String {
    var words = ["validation\(found.list.map { " on \($0)" } ?? ""): loss \(short(found.loss))"]
    if let uar = found.uar, let war = found.war { words.append("UAR \(short(uar)), WAR \(short(war))") }
    if let ccc = found.ccc { words.append(concordances(ccc)) }
    return words.joined(separator: ", ")
  }

  /// How attributes agree with the truth; the mean where there are too many for a line.
  static func concordances(_ values: [Double?], of what: String = "attributes") -> String {
    let known = values.compactMap { $0 }
    guard values.count > 8, !known.isEmpty else {
      return "CCC \(values.map { $0.map(short) ?? "-" }.joined(separator: " "))"
    }
    return "CCC \(short(known.reduce(0, +) / Double(known.count))) in the mean of \(known.count) \(what)"
  }

  /// Four digits.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value)" }
    let scale = pow(10, 3 - floor(log10(abs(value))))
    let rounded = (value * scale).rounded() / scale
    return "\(rounded)"
  }
}
