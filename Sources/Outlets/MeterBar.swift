/// Bars of a meter, of exactly as many columns as asked for.
enum MeterBar {
  /// From the left, in eighths of a column; `share` from 0 to 1.
  static func filled(_ share: Double, columns: Int, _ style: MeterStyle) -> String {
    let share = min(max(share.isFinite ? share : 0, 0), 1)
    guard style.hasUnicode else {
      let whole = Int((share * Double(columns)).rounded())
      return String(repeating: "#", count: whole) + String(repeating: ".", count: columns - whole)
    }
    let eighths = Int((share * Double(columns) * 8).rounded())
    let whole = eighths / 8
    let part = eighths % 8 > 0 ? String(Self.parts[eighths % 8 - 1]) : ""
    return String(repeating: "█", count: whole) + part + Columns.spaces(columns - whole - (part.isEmpty ? 0 : 1))
  }

  /// From the middle to the left or right; `value` from −1 to 1.
  static func centred(_ value: Double, columns: Int, _ style: MeterStyle) -> String {
    let value = min(max(value.isFinite ? value : 0, -1), 1)
    let half = (columns - 1) / 2
    let axis = style.hasUnicode ? "│" : "|"
    let rest = Columns.spaces(columns - 1 - 2 * half)
    if value >= 0 { return rest + empty(half, style) + axis + filled(value, columns: half, style) }
    guard style.hasUnicode else {
      let whole = Int((-value * Double(half)).rounded())
      return rest + empty(half - whole, style) + String(repeating: "#", count: whole) + axis + empty(half, style)
    }
    // Unicode has eighths from the left only; from the right, halves.
    let halves = Int((-value * Double(half) * 2).rounded())
    let part = halves % 2 > 0 ? "▐" : ""
    let blank = Columns.spaces(half - halves / 2 - (part.isEmpty ? 0 : 1))
    return rest + blank + part + String(repeating: "█", count: halves / 2) + axis + Columns.spaces(half)
  }

  private static let parts: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  private static func empty(_ columns: Int, _ style: MeterStyle) -> String {
    String(repeating: style.hasUnicode ? " " : ".", count: columns)
  }
}
