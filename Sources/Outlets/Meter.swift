internal import Networks
public import Recognition
internal import Signal

/// The meter of a live session on a terminal: turns events into lines of text. A pure state machine.
public struct Meter: Sendable {
  /// Numbers that are not part of events.
  public struct Gauges: Sendable, Hashable {
    /// Frames a second that the camera gives; nil: not known.
    public var framesPerSecond: Double?
    /// Frames lost so far, by the camera or by full queues.
    public var framesDropped = 0

    public init(framesPerSecond: Double? = nil, framesDropped: Int = 0) {
      (self.framesPerSecond, self.framesDropped) = (framesPerSecond, framesDropped)
    }
  }

  public var gauges = Gauges()

  private let began: Int64
  private var model: ModelSummary?
  private var hop = 0.0
  private var result: EmotionResult?
  private var resultAt: Int64 = 0
  private var last: StreamStatus?
  /// Windows with lines, and those of them with an answer.
  private var windows = 0
  private var answered = 0
  private var lastAnswered: Int?
  private var skipped = 0
  private var closed: SessionClosed?

  /// - Parameter now: monotonic nanoseconds, of which the elapsed time counts.
  public init(now: Int64) { began = now }

  /// Takes the next event of the stream.
  ///
  /// - Parameters:
  ///   - event: results and statuses change what the meter shows.
  ///   - now: monotonic nanoseconds.
  public mutating func receive(_ event: StreamEvent, now: Int64) {
    switch event {
    case .created(let created): (model, hop) = (created.model, created.hop.seconds)
    case .result(let new):
      // A skipped hop leaves a gap in the numbers.
      if let result, new.sequence > result.sequence + 1 { skipped += new.sequence - result.sequence - 1 }
      // A window may have several lines.
      if new.sequence != result?.sequence { windows += 1 }
      if new.estimate != nil, new.sequence != lastAnswered {
        answered += 1
        lastAnswered = new.sequence
      }
      (result, resultAt) = (new, now)
    case .status(let status):
      // A face that comes and goes has its own place.
      if ![.face, .noFace, .audio, .noAudio, .speech, .noSpeech].contains(status.code) { last = status }
    case .clock: break
    case .closed(let end):
      closed = end
      skipped = end.skipped
    }
  }

  /// The meter's lines, each at most `style.width` − 1 columns wide (colours apart): a terminal may wrap in the last one.
  public func text(_ style: MeterStyle, now: Int64) -> [String] {
    let room = max(1, style.width - 1)
    var text = [heading(room, style, now)]
    if let model, !model.trained { text.append(paint("untrained, the numbers mean nothing", .yellow, room, style)) }
    let acts = model?.answersActions == true
    text += body(room, style, most: max(1, style.height - text.count - (acts ? 5 : 4)), now)
    if acts { text.append(actions(room, style, now)) }
    text.append(modalities(room, style))
    text.append(figures(room, style))
    if let last {
      let colour: Colour = last.level == .error ? .red : last.level == .warning ? .yellow : .none
      let at = last.start.seconds.rounded(places: 1)
      text.append(paint("\(at) s  \(last.code.rawValue): \(last.message)", colour, room, style))
    } else {
      text.append("")
    }
    return text
  }

  /// One line for the end.
  public func summary(now: Int64) -> String {
    let windows = closed?.windows ?? windows
    var parts = ["\(windows) windows in \(Self.clock(now - began))", "\(closed?.answered ?? answered) with an answer"]
    if skipped > 0 { parts.append("\(skipped) skipped") }
    if gauges.framesDropped > 0 { parts.append("\(gauges.framesDropped) frames dropped") }
    if let p95 = closed?.live?.captureToEmit95 { parts.append("latency p95 \(Self.whole(p95)) ms") }
    return parts.joined(separator: ", ")
  }

  private func heading(_ room: Int, _ style: MeterStyle, _ now: Int64) -> String {
    let clock = Self.clock((closed == nil ? now : max(resultAt, began)) - began)
    let left = Columns.plain("mien live" + (model.map { "  \($0.id)" } ?? ""), style)
    return Columns.padded(left, max(0, room - clock.count - 1), style) + (room > clock.count ? " \(clock)" : "")
  }

  /// Why there are no values now; nil: there are. A guess or an old answer is never shown.
  private func absence(_ now: Int64) -> String? {
    if model == nil { return "starting" }
    guard let result else { return "waiting for the first window" }
    let age = Double(now - resultAt) / 1e9
    if closed == nil, age > max(2, 4 * hop) { return "no window for \(Self.whole(age)) s" }
    if result.estimate != nil { return nil }
    let sound = result.isSilent ? "silence" : result.lacksSpeech ? "no speech" : "no sound"
    let missing = [result.missing.hasVideo ? "no face" : nil, result.missing.hasAudio ? sound : nil]
      .compactMap { $0 }
    return missing.isEmpty ? "no answer" : missing.joined(separator: ", ")
  }

  /// As many lines without values as with them, so that the meter does not jump.
  private func body(_ room: Int, _ style: MeterStyle, most: Int, _ now: Int64) -> [String] {
    let labels = model?.labels ?? []
    let columns = labels.count > 8 && room >= 76 ? 2 : 1
    let rows = min(max(1, (labels.count + columns - 1) / columns), most)
    if let why = absence(now) {
      return [paint(why, .yellow, room, style)] + Array(repeating: "", count: rows - 1)
    }
    guard let values = result?.estimate?.values else { return [] }
    let shown = Self.chosen(values, rows * columns)
    let cell = (room - 2 * (columns - 1)) / columns
    let names = labels.map { Columns.plain($0, style) }
    let name = min(names.map(Columns.width).max() ?? 0, max(4, cell / 3))
    let cells = shown.map { i in bar(names[i], Double(values[i]), i == result?.estimate?.top, name, cell, style) }
    // Down the first column, then down the second: the model's order.
    return (0..<rows).map { row in
      stride(from: row, to: cells.count, by: rows).map { cells[$0] }.joined(separator: "  ")
    }
  }

  /// Where not all labels fit: the largest values, in the model's order.
  private static func chosen(_ values: [Float], _ most: Int) -> [Int] {
    guard values.count > most else { return Array(values.indices) }
    return values.indices.sorted { (abs(values[$0]), $1) > (abs(values[$1]), $0) }.prefix(most).sorted()
  }

  private func bar(_ label: String, _ value: Double, _ isTop: Bool, _ name: Int, _ cell: Int, _ style: MeterStyle)
    -> String
  {
    let number = Self.hundredths(value)
    let mark = isTop ? (style.hasUnicode ? "▸ " : "> ") : "  "
    let columns = max(0, cell - 2 - name - 2 - number.count)
    let drawn: String
    if columns < 5 {
      drawn = Columns.spaces(columns)
    } else if model?.task == .regression {
      drawn = MeterBar.centred(value, columns: columns, style)
    } else {
      drawn = MeterBar.filled(value, columns: columns, style)
    }
    let line = Columns.fitted("\(mark)\(Columns.padded(label, name, style)) \(drawn) \(number)", cell, style)
    return isTop ? Colour.bold.around(line, style) : line
  }

  /// What the face does most, as many as fit in the line.
  private func actions(_ room: Int, _ style: MeterStyle, _ now: Int64) -> String {
    guard absence(now) == nil, let result else { return "" }
    guard let strongest = result.strongestActions(4) else {
      return Columns.fitted("actions: not known now", room, style)
    }
    var line = "actions: " + (strongest.isEmpty ? "none" : "")
    for (place, action) in strongest.enumerated() {
      let next = "\(place > 0 ? "  " : "")\(Columns.plain(action.name, style))\(Self.hundredths(Double(action.value)))"
      guard place == 0 || Columns.width(line + next) <= room else { break }
      line += next
    }
    return Columns.fitted(line, room, style)
  }

  private func modalities(_ room: Int, _ style: MeterStyle) -> String {
    guard let result else { return "" }
    let face: String
    if let id = result.face?.id, result.present.hasVideo {
      face = "face #\(id) \(result.faces)/16"
    } else if model?.needsVideo == false {
      face = "sound alone"
    } else {
      face = result.frames == 0 ? "no picture" : "no face \(result.faces)/16"
    }
    var sound =
      model?.needsAudio == false
      ? "picture alone" : result.isSilent ? "sound silent" : result.lacksSpeech ? "no speech" : "no sound"
    if result.present.hasAudio, let level = result.level {
      // From silence as a quiet room has it to full scale.
      let bar = MeterBar.filled((level + 60) / 60, columns: room < 48 ? 6 : 10, style)
      sound = "sound \(bar) \(Self.whole(level)) dBFS"
    } else if result.present.hasAudio {
      sound = "sound silent"
    }
    return Columns.fitted("\(Columns.padded(face, 13, style))  \(sound)", room, style)
  }

  private func figures(_ room: Int, _ style: MeterStyle) -> String {
    var parts: [String] = []
    if let rate = gauges.framesPerSecond { parts.append("\(Self.tenths(rate)) fps") }
    if let live = result?.live { parts.append("\(room < 48 ? "" : "latency ")\(Self.whole(live.captureToEmit)) ms") }
    parts.append("\(gauges.framesDropped) dropped")
    parts.append("\(skipped) skipped")
    if let taken = result?.inferenceMilliseconds { parts.append("model \(Self.whole(taken)) ms") }
    // What does not fit is left out from the right.
    while parts.count > 1, Columns.width(parts.joined(separator: "  ")) > room { parts.removeLast() }
    return Columns.fitted(parts.joined(separator: "  "), room, style)
  }

  private func paint(_ text: String, _ colour: Colour, _ room: Int, _ style: MeterStyle) -> String {
    colour.around(Columns.fitted(Columns.plain(text, style), room, style), style)
  }

  private enum Colour: String {
    case none = ""
    case bold = "1"
    case red = "31"
    case yellow = "33"

    func around(_ text: String, _ style: MeterStyle) -> String {
      style.hasColour && self != .none ? "\u{1b}[\(rawValue)m\(text)\u{1b}[0m" : text
    }
  }

  /// h:mm:ss
  private static func clock(_ nanoseconds: Int64) -> String {
    let seconds = max(0, nanoseconds / 1_000_000_000)
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(seconds / 3600):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  }

  private static func whole(_ value: Double) -> String { "\(Int(min(max(value, -1e12), 1e12).rounded()))" }

  private static func tenths(_ value: Double) -> String { "\(min(max(value, 0), 1e12).rounded(places: 1))" }

  private static func hundredths(_ value: Double) -> String {
    let all = Int((min(max(value, -9e6), 9e6) * 100).rounded())
    let (whole, part) = (abs(all) / 100, abs(all) % 100)
    return "\(all < 0 ? "-" : " ")\(whole).\(part < 10 ? "0" : "")\(part)"
  }
}
