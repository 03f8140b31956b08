/// Draws lines over the ones drawn before. A pure state machine.
struct MeterScreen {
  /// Columns of the lines that stand on the terminal, above the cursor.
  private var standing: [Int] = []

  /// - Returns: the text that replaces what stands there by `lines`; the cursor ends below them.
  mutating func draw(_ lines: [String], width: Int) -> String {
    // A terminal that has become narrower has wrapped what stood there.
    let rows = standing.reduce(0) { $0 + max(1, ($1 + max(1, width) - 1) / max(1, width)) }
    var text = rows > 0 ? "\u{1b}[\(rows)A\r" : "\r"
    for line in lines { text += line + "\u{1b}[K\n" }
    standing = lines.map { Columns.width(Self.withoutColours($0)) }
    return text + "\u{1b}[J"
  }

  private static func withoutColours(_ line: String) -> String {
    var (out, isEscape) = ("", false)
    for character in line {
      if character == "\u{1b}" { isEscape = true }
      if !isEscape { out.append(character) }
      if character == "m" { isEscape = false }
    }
    return out
  }
}
