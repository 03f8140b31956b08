import Glibc

/// How far a recording or a list of clips is, drawn over one line of a terminal.
///
/// The text is a pure function; only `show` and `clear` touch the terminal. Colour stands on nothing but its absence: the
/// bar has none, so NO_COLOR holds.
struct ProgressBar {
  private var shownAt: Int64 = 0
  private var isShown = false

  /// `12.3 of 60.0 s [#####-----] 4.2× real time, 3.0 windows a second`; what does not fit is left out from the right.
  /// - Parameters:
  ///   - total: nil where the recording does not say how long it is; then there is no bar.
  ///   - width: of the terminal, in columns.
  static func text(seconds: Double, total: Double?, elapsed: Double, windows: Int, width: Int) -> String {
    let speed = elapsed > 0 ? seconds / elapsed : 0
    let rate = elapsed > 0 ? Double(windows) / elapsed : 0
    // The last window may end a little before the recording does, never after what is said to be its end.
    let left = total.map { "\(tenths(min(seconds, $0))) of \(tenths($0)) s" } ?? "\(tenths(seconds)) s"
    return line(
      left, share: total.map { $0 > 0 ? seconds / $0 : 0 },
      right: ["\(tenths(speed))× real time", "\(tenths(rate)) windows a second"], width: width)
  }

  /// `12 of 60 clips [##--------] 1.5 clips a second`.
  static func text(clips: Int, of total: Int, elapsed: Double, width: Int) -> String {
    let rate = elapsed > 0 ? Double(clips) / elapsed : 0
    return line(
      "\(clips) of \(total) clips", share: total > 0 ? Double(clips) / Double(total) : 0,
      right: ["\(tenths(rate)) clips a second"], width: width)
  }

  /// How far a training is.
  struct Training {
    var step, steps, epoch, epochs: Int
    var loss, clipsPerSecond, secondsLeft: Double
  }

  /// `step 12 of 60 [##--------] loss 1.234, 3.1 clips/s, 2 min left, epoch 1 of 5`.
  static func text(_ now: Training, width: Int) -> String {
    let seconds = Int(min(max(now.secondsLeft, 0), 1e9))
    let left =
      seconds < 120
      ? "\(seconds) s" : seconds < 7200 ? "\(seconds / 60) min" : "\(seconds / 3600) h \(seconds / 60 % 60) min"
    return line(
      "step \(now.step) of \(now.steps)", share: now.steps > 0 ? Double(now.step) / Double(now.steps) : 0,
      right: [
        "loss \(TrainingScreen.short(now.loss))", "\(tenths(now.clipsPerSecond)) clips/s", "\(left) left",
        "epoch \(now.epoch) of \(now.epochs)",
      ], width: width)
  }

  /// With as many of the `right` words as leave room for a bar; the last column stays free: some terminals would wrap.
  private static func line(_ left: String, share: Double?, right: [String], width: Int) -> String {
    for count in stride(from: right.count, through: 0, by: -1) {
      let words = count > 0 ? " " + right.prefix(count).joined(separator: ", ") : ""
      let room = width - 1 - left.count - words.count
      if let share, room >= 13 {
        let cells = min(room - 3, 40)
        let done = min(cells, max(0, Int(Double(cells) * share)))
        return "\(left) [\(String(repeating: "#", count: done))\(String(repeating: "-", count: cells - done))]\(words)"
      }
      if share == nil, room >= 0 { return left + words }
    }
    return String(left.prefix(max(0, width - 1)))
  }

  private static func tenths(_ value: Double) -> String {
    let all = Int((min(max(value, 0), 1e12) * 10).rounded())
    return "\(all / 10).\(all % 10)"
  }

  /// At most ten times a second.
  mutating func show(now: Int64, _ text: (_ width: Int) -> String) {
    guard now - shownAt >= 100_000_000 else { return }
    (shownAt, isShown) = (now, true)
    put("\r" + text(Self.width) + "\u{1b}[K")
  }

  mutating func clear() {
    if isShown { put("\r\u{1b}[K") }
    isShown = false
  }

  private func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }

  private static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }
}
