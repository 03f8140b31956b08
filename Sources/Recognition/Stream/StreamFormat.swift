internal import Files
internal import Networks
internal import Signal

/// The shapes in which a stream can be written.
public enum StreamFormat: String, Sendable, CaseIterable {
  /// Everything, one JSON object a line.
  case jsonl
  /// Results only, one row a window.
  case csv
  /// Results only, as subtitles: WebVTT and SubRip.
  case vtt, srt
  /// For people: one line a window, beside the truth where it is known.
  case text
}

/// Turns events into the text to append to a file; a pure state machine.
///
/// - csv: `seq,start,end,face_id,success,confidence,top`, then a column a label and a column an attribute beside them; a
///   missing value is an empty field. Where the model can answer from different modalities, a column `head` comes before the
///   labels. `face_id`, `success` and `confidence` mean what they mean in OpenFace's files.
/// - vtt, srt: a cue shows the newest window's answer from the end of the window before it to its own end, as a viewer of
///   the live stream would have seen it, so cues never overlap; windows without an answer have no cue. Of actions it has the
///   three strongest.
/// - text: see `StreamTable`.
public struct StreamFormatter: Sendable {
  private let format: StreamFormat
  private var labels: [String] = []
  /// Of attributes beside classes.
  private var attributes: [String] = []
  /// Whether the model can answer from different modalities.
  private var hasHeads = false
  private var hop = 0.0
  private var cues = 0
  private var table: StreamTable

  /// - Parameters:
  ///   - format: the text's shape.
  ///   - truth: what `text` shows beside the answers.
  public init(_ format: StreamFormat, truth: Truth? = nil) {
    self.format = format
    table = StreamTable(truth: truth)
  }

  /// Whole lines, or nil if the format has nothing to say about the event.
  public mutating func text(for event: StreamEvent) -> String? {
    if case .created(let created) = event {
      (labels, hasHeads) = (created.model.labels, created.model.headModalities.count > 1)
      attributes = created.model.attributes
      hop = created.hop.seconds
    }
    switch (format, event) {
    case (.jsonl, _): return event.json.text + "\n"
    case (.csv, .created):
      let names = ["seq", "start", "end", "face_id", "success", "confidence", "top"] + (hasHeads ? ["head"] : [])
      return (names + labels + attributes).map(Self.field).joined(separator: ",") + "\n"
    case (.csv, .result(let result)): return row(result)
    case (.vtt, .created(let created)):
      let untrained = created.model.trained ? "" : ", untrained, the numbers mean nothing"
      return "WEBVTT\n\nNOTE \(StreamEvent.schema), model \(Self.line(created.model.id))\(untrained)\n\n"
    case (.vtt, .result(let result)): return cue(result, separator: ".")
    case (.srt, .result(let result)): return cue(result, separator: ",")
    case (.text, _): return table.text(for: event)
    default: return nil
    }
  }

  private func row(_ result: EmotionResult) -> String {
    var fields = ["\(result.sequence)", "\(result.start.seconds)", "\(result.end.seconds)"]
    fields.append(result.face.map { "\($0.id)" } ?? "")
    fields.append(result.estimate == nil ? "0" : "1")
    fields.append(result.confidence.map { "\($0)" } ?? "")
    fields.append(result.top ?? "")
    if hasHeads { fields.append(result.head?.description ?? "") }
    fields += result.estimate.map { $0.values.map { "\($0)" } } ?? labels.map { _ in "" }
    fields += result.estimate?.attributes.map { $0.map { "\($0)" } } ?? attributes.map { _ in "" }
    return fields.map(Self.field).joined(separator: ",") + "\n"
  }

  private mutating func cue(_ result: EmotionResult, separator: String) -> String? {
    guard let estimate = result.estimate else { return nil }
    cues += 1
    let start = result.sequence == 0 ? result.start.seconds : max(result.end.seconds - hop, result.start.seconds)
    var said: String
    if let top = estimate.top {
      said = "\(Self.line(labels[top])) \(Int((estimate.values[top] * 100).rounded())) %"
    } else {
      said = zip(labels, estimate.values).map { "\(Self.line($0)) \(Double($1).rounded(places: 2))" }
        .joined(separator: ", ")
    }
    let beside =
      result.answersActions
      ? result.strongestActions(3) ?? [] : zip(attributes, estimate.attributes ?? []).map { ($0, $1) }
    for (name, value) in beside {
      said += ", \(Self.line(name)) \(Double(value).rounded(places: 2))"
    }
    let times = "\(Self.clock(start, separator)) --> \(Self.clock(result.end.seconds, separator))"
    return "\(cues)\n\(times)\n\(said)\n\n"
  }

  /// hh:mm:ss.mmm
  private static func clock(_ seconds: Double, _ separator: String) -> String {
    let all = Int((seconds * 1000).rounded())
    func padded(_ value: Int, _ digits: Int) -> String {
      let text = "\(value)"
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let (hours, minutes) = (padded(all / 3_600_000, 2), padded(all / 60_000 % 60, 2))
    return "\(hours):\(minutes):\(padded(all / 1000 % 60, 2))\(separator)\(padded(all % 1000, 3))"
  }

  /// Quoted where a comma, quote or line break would be misread (RFC 4180).
  private static func field(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// Text that cannot end a cue early: line breaks and arrows removed.
  private static func line(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar != ">" && scalar != "<" {
      out.unicodeScalars.append(scalar)
    }
    return out
  }
}
