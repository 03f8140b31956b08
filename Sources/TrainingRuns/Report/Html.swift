internal import Foundation

/// Text as HTML shows it, in elements and in quoted attributes. Control characters, which HTML forbids, become "�".
func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "'": result += "&#39;"
    case "\t", "\n": result += " "
    default:
      let category = scalar.properties.generalCategory
      // The last two of every plane are no characters, and no XML.
      let hidden = category == .control || category == .format || scalar.value & 0xFFFE == 0xFFFE
      result.unicodeScalars.append(hidden ? "\u{FFFD}" : scalar)
    }
  }
  return result
}

/// At most `limit` characters, the last one "…" if there were more.
func shortened(_ text: String, to limit: Int) -> String {
  text.count > limit ? text.prefix(limit - 1) + "…" : text
}

/// Numbers as people read them.
enum Figure {
  /// Thousands apart: 12 345.
  static func count(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "−" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return text
  }

  static func fixed(_ value: Double, _ decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    return text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  /// About three digits that count.
  static func short(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let size = abs(value)
    if size == 0 { return "0" }
    if size < 1e-3 || size >= 1e6 {
      let exponent = Int(log10(size).rounded(.down))
      return fixed(value / pow(10, Double(exponent)), 2) + "·10" + superscript(exponent)
    }
    return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4)
  }

  /// A share of 1 as 71.4 %.
  static func percent(_ value: Double?, decimals: Int = 1) -> String {
    guard let value, value.isFinite else { return "–" }
    return fixed(value * 100, decimals) + "\u{202F}%"
  }

  /// 2 h 05 min, 3 min 20 s or 12 s.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, (0..<1e9).contains(seconds) else { return "–" }
    let whole = Int(seconds.rounded())
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if whole >= 3600 { return "\(whole / 3600) h \(two(whole % 3600 / 60)) min" }
    return whole >= 60 ? "\(whole / 60) min \(two(whole % 60)) s" : "\(whole) s"
  }

  static func superscript(_ value: Int) -> String {
    let digits: [Character: Character] = [
      "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹", "-": "⁻",
    ]
    return String(String(value).compactMap { digits[$0] })
  }
}
