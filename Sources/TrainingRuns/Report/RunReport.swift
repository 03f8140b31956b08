/// A run as one page to read, print and keep: `report.html`, without anything that it would have to load.
public struct RunReport: Sendable {
  let history: RunHistory
  let settings: ReportSettings

  /// The whole page. The same history gives the same bytes.
  public static func html(history: RunHistory, settings: ReportSettings) -> String {
    RunReport(history: history, settings: settings).page
  }

  private init(history: RunHistory, settings: ReportSettings) { (self.history, self.settings) = (history, settings) }

  var labels: [String] { history.created?.labels ?? [] }
  /// Those that have a CCC: of a regression, or beside classes.
  var attributeNames: [String] { history.created?.attributes ?? labels }
  var isPretraining: Bool { history.created?.task == .pretrain }
  var isRegression: Bool { history.validations.contains { $0.ccc != nil && $0.uar == nil } }
  var hasAttributes: Bool { history.validations.contains { $0.ccc != nil } }

  private var page: String {
    let sections = [
      tiles, section("Learning", curves), section("Validation", results), section("Layers", layers),
      section("Checkpoints", checkpoints), section("Clips that could not be used", broken),
      section("Settings", settingsList), section("What this is not for", purpose),
    ]
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>\(escaped(title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1>\(escaped(title))</h1>
      \(lead)
      </header>
      \(sections.joined())</main>
      </body>
      </html>

      """
  }

  private func section(_ title: String, _ content: String) -> String {
    content.isEmpty ? "" : "<section>\n<h2>\(title)</h2>\n\(content)</section>\n"
  }

  private var title: String {
    switch history.created?.task {
    case .pretrain: "Pre-training"
    case .finetune: "Fine-tuning: \(labels.count) \(isRegression ? "attributes" : "classes")"
    case nil: "Training run"
    }
  }

  /// What was trained on what, when, and how it stands.
  private var lead: String {
    let facts: [(String, String?)] = [
      ("model", settings["size", "model"] ?? sizes), ("from", settings["from", "from.path"]),
      ("modalities", settings["modalities", "model.modalities"]),
      ("data", settings["data", "data.path"] ?? paths("data")),
      ("validation", settings["val", "validation", "validation.path"] ?? paths("validation")),
    ]
    let known = facts.compactMap { name, value in
      value.flatMap { $0 == "–" || $0.isEmpty ? nil : "\(name) <b>\(escaped(shortened($0, to: 60)))</b>" }
    }
    let (kind, state) = self.state
    let started = history.created.map { "Begun \(escaped(Self.readable($0.time)))" }
    let resumes = history.resumes.count
    let resumed = resumes == 0 ? nil : "resumed \(resumes == 1 ? "once" : "\(resumes) times")"
    let times = [started, resumed].compactMap { $0 }.joined(separator: ", ")
    return """
      <p class="lead">\(known.joined(separator: " · "))</p>
      <p class="lead">\(times)\(times.isEmpty ? "" : " · ")<span class="state \(kind)">\(escaped(state))</span></p>
      """
  }

  /// Of several lists; nil: there are none.
  private func paths(_ name: String) -> String? {
    var known: [String] = []
    while let path = settings["\(name).\(known.count + 1).path"] { known.append(path) }
    return known.isEmpty ? nil : known.joined(separator: ", ")
  }

  /// The model's sizes where its config has them.
  private var sizes: String? {
    guard let dim = settings["model.backbone.dim"] else { return nil }
    func depth(_ name: String) -> String { settings["model.backbone.\(name)_depth"] ?? "–" }
    return "\(dim) wide, layers: \(depth("video")) picture, \(depth("audio")) sound, \(depth("fusion")) fusion"
  }

  private var state: (kind: String, text: String) {
    guard let closed = history.closed else { return ("", "▸ not ended: at work, or killed") }
    let message = closed.message.map { ": \($0)" } ?? ""
    return switch closed.reason {
    case .done: ("done", "✓ done\(message)")
    case .interrupted: ("", "❙❙ interrupted, can be resumed\(message)")
    case .diverged: ("wrong", "✕ diverged\(message)")
    case .error: ("wrong", "✕ failed\(message)")
    }
  }

  /// 2026-01-31T12:34:56Z as 2026-01-31 12:34 UTC; anything else as it is.
  private static func readable(_ time: String) -> String {
    let parts = Array(time)
    guard parts.count >= 20, parts[10] == "T", parts.last == "Z" else { return time }
    return String(parts[..<10]) + " " + String(parts[11..<16]) + " UTC"
  }

  private var tiles: String {
    var tiles: [(String, String)] = []
    if let best = history.best {
      let place = "epoch \(best.epoch + 1)"
      if let uar = best.uar { tiles.append((Figure.percent(uar), "best UAR, \(place)")) }
      if let war = best.war { tiles.append((Figure.percent(war), "its WAR")) }
      let known = (best.ccc ?? []).compactMap { $0 }
      if !known.isEmpty {
        tiles.append((Figure.fixed(known.reduce(0, +) / Double(known.count), 3), "best mean CCC, \(place)"))
      }
      let name = tiles.isEmpty ? "best validation loss, \(place)" : "its validation loss"
      tiles.append((Figure.short(best.loss), name))
    }
    if let last = history.epochs.last { tiles.append((Figure.short(last.loss), "training loss, last epoch")) }
    tiles.append((Figure.count(history.stepCount), "steps in \(history.epochs.count) epochs"))
    let seconds = history.epochs.reduce(0) { $0 + $1.seconds }
    if seconds > 0 {
      let clips = history.epochs.reduce(0.0) { $0 + Double($1.clips) }
      tiles.append((Figure.duration(seconds), "\(Figure.short(clips / seconds)) clips/s"))
    }
    let content = tiles.map { "<div><b>\($0.0)</b><span>\(escaped($0.1))</span></div>\n" }
    return "<div class=\"tiles\">\n\(content.joined())</div>\n"
  }
}
