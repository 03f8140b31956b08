import Clips
import Evaluation
import Lists
import Logging
import MienKit
import Models
import Networks
import Recognition

/// A list with the model that answers it, both as far as they can be checked before weights are read.
struct EvaluationFold {
  /// Without the clips that are left out.
  let list: AnnotationList
  let labels: [EvaluationReport.Label]
  let chosen: ChosenModel
  /// As the user wrote it, or what it is called.
  let model: String

  var summary: ModelSummary { chosen.summary }

  /// - Parameters:
  ///   - path: of the list.
  ///   - model: that answers it; nil: the default one.
  ///   - listClasses: what the list's indices stand for; nil: the model's classes.
  ///   - baseline: what the model's answers are corrected with.
  ///   - leavesOutUnknown: whether clips are left out whose labels tell nothing that the model knows.
  init(
    list path: String, model: String?, listClasses: [String]? = nil, leavesOutUnknown: Bool = false,
    baseline: BaselineChoice? = nil, _ engine: EngineOptions, _ log: Logger
  ) throws {
    var list = try AnnotationList(path: path, bytes: try readFile(path))
    var request = engine.request(model)
    request.baseline = baseline
    chosen = try request.choose { log.say($0) }
    self.model = model ?? chosen.config.id
    try ListFeatures.check(list, has: chosen.config.sizes.base.inputs, model: self.model)
    let summary = chosen.summary
    let isClasses = summary.task == .classification
    let reader = LabelReader(
      classes: isClasses ? summary.labels : [], attributes: isClasses ? summary.attributes : summary.labels,
      listClasses: listClasses,
      leavesOutUnknown: leavesOutUnknown)
    let all = list
    let known = try DataLabelOptions.reading {
      try all.entries.compactMap { entry in try reader.label(of: entry, in: all).map { (entry, $0) } }
    }
    guard !known.isEmpty else {
      throw Failure(.badData, "\(path): none of its \(all.entries.count) clips has a label that the model knows")
    }
    if known.count < all.entries.count {
      log.notice(
        "\(path): \(all.entries.count - known.count) of \(all.entries.count) clips are left out, because their labels tell nothing that the model knows"
      )
    }
    list.entries = known.map(\.0)
    labels = known.map { .clip($0.1) }
    self.list = list
  }

  /// - Throws: `Failure` of usage where no head rests on exactly these modalities, naming the heads that there are.
  func needHead(for senses: Modalities) throws {
    guard !summary.heads.contains(where: { $0.modalities == senses }) else { return }
    let heads = summary.heads.map { "\($0.name) (\($0.modalities))" }.joined(separator: ", ")
    throw Failure(.usage, "\(model): has no head for --senses \(senses); its heads: \(heads)")
  }

  /// Test sets of folds share no clip; one that is in two would count twice in the pool.
  static func repeated(_ folds: [EvaluationFold]) -> [String] {
    var (seen, lines): ([[String?]: Int], [String]) = ([:], [])
    for (number, fold) in folds.enumerated() {
      var (first, count): (Int?, Int) = (nil, 0)
      for entry in fold.list.entries {
        let clip = [entry.video.map(fold.list.resolve), entry.audio.map(fold.list.resolve)]
        guard let earlier = seen[clip] else {
          seen[clip] = number
          continue
        }
        guard earlier < number else { continue }
        (first, count) = (first ?? earlier, count + 1)
      }
      guard let first else { continue }
      lines.append(
        "\(fold.list.path): \(count) of its clips are in other folds too (\(folds[first].list.path)); pooled figures count "
          + "them again"
      )
    }
    return lines
  }
}

/// A file that the list names must exist.
/// - Throws: `Failure` of no input, naming it.
func checkFiles(of clip: EvaluatedClip) throws {
  if let path = clip.missingFile { throw Failure(.noInput, "\(path): no such file") }
}
