internal import Files
internal import Networks
internal import Signal

/// A stream as lines for people: a window a line, beside the truth where it is known.
struct StreamTable: Sendable {
  /// nil: nothing is known.
  var truth: Truth?
  private var width = 0
  /// Whether the model can answer from different modalities.
  private var hasHeads = false

  init(truth: Truth?) { self.truth = truth }

  mutating func text(for event: StreamEvent) -> String? {
    switch event {
    case .created(let created):
      width = created.model.labels.map(\.count).max() ?? 0
      hasHeads = created.model.headModalities.count > 1
      let note = created.model.note.map { ": \($0)" } ?? ""
      let remark = created.model.trained ? note : ": untrained, the numbers mean nothing"
      // A stranger's model may be called anything.
      return "model \(printable(created.model.id + remark, limit: 2000))\n"
    case .status(let status): return "  \(Self.seconds(status.start.seconds)) s  \(status.message)\n"
    case .result(let result): return row(result)
    default: return nil
    }
  }

  private func row(_ result: EmotionResult) -> String {
    let times = "  \(Self.seconds(result.start.seconds)) to \(Self.seconds(result.end.seconds)) s  "
    return times + answer(result) + basis(result) + rated(result) + verdict(result) + acted(result) + "\n"
  }

  private func answer(_ result: EmotionResult) -> String {
    guard let estimate = result.estimate else {
      let sound = result.isSilent ? "silence" : result.lacksSpeech ? "no speech" : "no sound"
      let missing = [result.missing.hasVideo ? "no face" : nil, result.missing.hasAudio ? sound : nil]
      return Self.left("no answer: \(missing.compactMap { $0 }.joined(separator: ", "))", width + 19)
    }
    guard let top = result.top, let confidence = result.confidence else {
      return zip(result.labels, estimate.values).map { "\($0) \(Double($1).rounded(places: 2))" }
        .joined(separator: ", ")
    }
    let full = Int((confidence * 10).rounded())
    let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 10 - full)
    return "\(Self.left(top, width))  \(bar)  \(Self.right("\(Int((confidence * 100).rounded()))", 3)) %"
  }

  /// What the answer rests on.
  private func basis(_ result: EmotionResult) -> String {
    guard hasHeads else { return "" }
    let words = [result.used.hasVideo ? "face" : nil, result.used.hasAudio ? "sound" : nil].compactMap { $0 }
    return "  " + Self.left(result.estimate == nil ? "" : words.joined(separator: ", "), 11)
  }

  /// The attributes beside classes.
  private func rated(_ result: EmotionResult) -> String {
    guard !result.answersActions else { return "" }
    return zip(result.attributes, result.estimate?.attributes ?? [])
      .map { "  \($0) " + Self.right("\(Double($1).rounded(places: 2))", 5) }.joined()
  }

  /// The strongest actions, which are too many for columns of their own.
  private func acted(_ result: EmotionResult) -> String {
    (result.strongestActions(3) ?? []).map { "  \($0.name) \(Double($0.value).rounded(places: 2))" }.joined()
  }

  private func verdict(_ result: EmotionResult) -> String {
    guard let truth else { return "" }
    guard let emotion = truth.emotion(from: result.start, to: result.end) else { return "   truth: changes" }
    guard let top = result.top else { return "   truth: \(emotion)" }
    return "   truth: \(Self.left(emotion, width))  \(top == emotion ? "right" : "wrong")"
  }

  /// Six columns with two decimals, without a locale.
  private static func seconds(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let rest = hundredths % 100
    return right("\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)", 6)
  }

  private static func left(_ text: String, _ columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - text.count))
  }

  private static func right(_ text: String, _ columns: Int) -> String {
    String(repeating: " ", count: max(0, columns - text.count)) + text
  }
}
