import Clips
import Files
import Lists
import MienKit

/// What `mien data check` found, as a table and as JSON.
struct ListReport {
  private let list: String
  private let target: Recipe.Target
  private let names: [String]?
  private let namesFeatures: Bool
  private(set) var clips = 0
  private(set) var broken = 0
  private var problems: [ClipInspection.Problem: Int] = [:]
  /// Clips of each class, and those of them that can be used.
  private var classes, usable: [Int]
  /// Clips that have attributes, where names of attributes are known.
  private var rated = 0
  private var lines: [JSON] = []

  init(list: String, target: Recipe.Target, names: [String]?, namesFeatures: Bool) {
    (self.list, self.target, self.names, self.namesFeatures) = (list, target, names, namesFeatures)
    switch target {
    case .classes(let count), .labels(let count, _): classes = [Int](repeating: 0, count: count)
    case .none, .values: classes = []
    }
    usable = classes
  }

  mutating func add(_ inspection: ClipInspection, entry: AnnotationList.Entry) {
    clips += 1
    let label = inspection.label.map(\.majority) ?? entry.label.first.flatMap { Int($0) }
    if let label, classes.indices.contains(label), !inspection.findings.contains(where: { $0.problem == .label }) {
      classes[label] += 1
      usable[label] += inspection.findings.isEmpty ? 1 : 0
    }
    if inspection.label?.attributes != nil { rated += 1 }
    guard !inspection.findings.isEmpty else { return }
    broken += 1
    for problem in Set(inspection.findings.map(\.problem)) { problems[problem, default: 0] += 1 }
    lines.append([
      "line": .int(entry.line),
      "problems": .array(
        inspection.findings.map { ["problem": .string($0.problem.rawValue), "detail": .string($0.detail)] }),
    ])
  }

  /// Classes that nobody has, or nobody who can be used.
  var warnings: [String] {
    let empty = classes.indices.filter { usable[$0] == 0 }
    guard empty.count <= 12 else {
      let first = empty.prefix(3).map(title).joined(separator: ", ")
      return [
        "\(list): \(empty.count) of \(classes.count) classes have no clip that can be used (\(first), …); is a label wrong?"
      ]
    }
    return empty.map { index in
      classes[index] == 0
        ? "\(list): no clip has class \(title(index))" : "\(list): no clip of class \(title(index)) can be used"
    }
  }

  /// The problem of features is one of lists that name some.
  private var shown: [ClipInspection.Problem] {
    ClipInspection.Problem.allCases.filter { $0 != .features || namesFeatures }
  }

  private func title(_ index: Int) -> String { names.map { "\(index) (\($0[index]))" } ?? "\(index)" }

  var table: String {
    var rows = [("clips", clips), ("fine", clips - broken)]
    rows += shown.map { ($0.rawValue, problems[$0] ?? 0) }
    rows += classes.indices.map { ("class \(title($0))", classes[$0]) }
    switch target {
    case .values(let count): rows.append(("values a label", count))
    case .labels(_, let count) where count > 0:
      rows += [("attributes a label", count), ("clips with attributes", rated)]
    case .none, .classes, .labels: break
    }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, count in
      let number = "\(count)"
      return name + String(repeating: " ", count: width - name.count + max(8 - number.count, 1)) + number + "\n"
    }.joined()
  }

  var json: JSON {
    var members: [JSON.Member] = [
      .init("list", .string(list)), .init("clips", .int(clips)), .init("fine", .int(clips - broken)),
      .init("broken", .int(broken)),
      .init(
        "problems",
        .object(shown.map { .init($0.rawValue, .int(problems[$0] ?? 0)) })),
    ]
    switch target {
    case .none: break
    case .values(let count): members.append(.init("values", .int(count)))
    case .classes, .labels:
      if case .labels(_, 1...) = target { members.append(.init("clips_with_attributes", .int(rated))) }
      members.append(
        .init(
          "classes",
          .array(
            classes.indices.map {
              ["class": .int($0), "name": .optional(names?[$0]), "clips": .int(classes[$0])]
            })))
    }
    members.append(.init("broken_clips", .array(lines)))
    return .object(members)
  }
}

/// A progress bar over a list, where a terminal is there to show it.
struct ListProgress {
  private var bar = ProgressBar()
  private let isShown: Bool
  private let total: Int
  private let clock = SteadyClock()
  private let began: Int64

  init(_ verbosity: Verbosity, of total: Int) {
    (isShown, self.total, began) = (verbosity.wantsProgress(resultsTo: nil), total, clock.now())
  }

  mutating func show(_ done: Int) {
    guard isShown else { return }
    let now = clock.now()
    bar.show(now: now) {
      ProgressBar.text(clips: done, of: total, elapsed: Double(now - began) / 1e9, width: $0)
    }
  }

  mutating func clear() { bar.clear() }
}
