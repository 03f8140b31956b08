/// `text` on one line: control characters escaped, cut at `limit` characters. For names that come out of files.
package func printable(_ text: String, limit: Int = 120) -> String {
  var result = ""
  var count = 0
  for scalar in text.unicodeScalars {
    if count == limit { return result + "…" }
    if steersTerminal(scalar) {
      result += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      result.unicodeScalars.append(scalar)
    }
    count += 1
  }
  return result
}

/// Whether a character does something to a terminal or begins another line, instead of being seen.
package func steersTerminal(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.properties.generalCategory {
  // Format characters include the ones that turn the direction of text around.
  case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
  default: false
  }
}

/// A text file's content without the mark that Windows' editors put before UTF-8.
package func withoutByteOrderMark(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
  bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
}
