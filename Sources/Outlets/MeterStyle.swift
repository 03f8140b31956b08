/// What a terminal can show.
public struct MeterStyle: Sendable, Hashable {
  /// Columns and rows.
  public var width, height: Int
  public var hasColour: Bool
  /// Block characters; otherwise ASCII only.
  public var hasUnicode: Bool

  public init(width: Int, height: Int = 24, hasColour: Bool, hasUnicode: Bool) {
    (self.width, self.height, self.hasColour, self.hasUnicode) = (width, height, hasColour, hasUnicode)
  }

  /// As the environment says: NO_COLOR, and the first of LC_ALL, LC_CTYPE and LANG that is set.
  public init(width: Int, height: Int = 24, environment: [String: String]) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "").lowercased()
    self.init(
      width: width, height: height, hasColour: value("NO_COLOR") == nil,
      hasUnicode: locale.hasSuffix("utf-8") || locale.hasSuffix("utf8")
        || locale.split(separator: "@").first.map {
          $0.hasSuffix("utf-8") || $0.hasSuffix("utf8")
        } ?? false)
  }
}

/// Columns of text in a terminal.
enum Columns {
  /// Without what would move the cursor or end a line, and without what `style` cannot show.
  static func plain(_ text: String, _ style: MeterStyle) -> String {
    var out = ""
    for scalar in text.unicodeScalars where scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value) {
      switch scalar.value {
      // Marks that turn the direction of writing.
      case 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: continue
      case 0x80... where !style.hasUnicode: out += "?"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  static func width(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

  /// At most `room` columns; what is cut ends in an ellipsis.
  static func fitted(_ text: String, _ room: Int, _ style: MeterStyle) -> String {
    guard width(text) > room else { return text }
    let mark = style.hasUnicode ? "…" : "~"
    var (out, used) = ("", 0)
    for character in text {
      used += width(character)
      if used > room - 1 { break }
      out.append(character)
    }
    return room > 0 ? out + mark : ""
  }

  /// Exactly `room` columns.
  static func padded(_ text: String, _ room: Int, _ style: MeterStyle) -> String {
    let text = fitted(text, room, style)
    return text + spaces(room - width(text))
  }

  static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  /// East Asian wide characters and pictures take two columns.
  private static func width(_ character: Character) -> Int {
    guard let value = character.unicodeScalars.first?.value else { return 0 }
    switch value {
    case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f, 0xff00...0xff60,
      0xffe0...0xffe6, 0x1f300...0x1faff, 0x20000...0x3fffd:
      return 2
    case 0x300...0x36f, 0x200b...0x200d, 0xfe00...0xfe0f: return 0
    default: return 1
    }
  }
}
