import Files
import TestSupport
import Testing

@Suite struct JSONTests {
  @Test func keysKeepTheirOrder() {
    let value: JSON = ["z": 1, "a": [true, nil, "x"], "m": 0.5]
    #expect(value.text == #"{"z":1,"a":[true,null,"x"],"m":0.5}"#)
  }

  @Test func numbersReadBackToTheSameBits() throws {
    var values: [Double] = [0.1, 1e-300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 2.56, 1e16, 123456.789]
    for i in 1...500 { values.append(1 / Double(i) - 0.3) }
    for value in values {
      #expect(try JSONValue(parsing: JSON.double(value).text).double?.bitPattern == value.bitPattern)
      let narrow = Float(value)
      guard narrow.isFinite else { continue }
      let text = JSON.float(narrow).text
      #expect(try JSONValue(parsing: text).double.map { Float($0).bitPattern } == narrow.bitPattern, "\(text)")
    }
  }

  @Test func floatsPrintFloatDigits() {
    #expect(JSON.float(0.1).text == "0.1")
    #expect(JSON.double(-0.0).text == "0.0")
  }

  @Test func whatIsNoNumberIsNull() {
    #expect(
      JSON.array([.double(.nan), .double(.infinity), .float(-.infinity), .float(.nan)]).text == "[null,null,null,null]")
  }

  @Test func hostileStringsStayOnOneLineAndReadBack() throws {
    for text in ["", "\"\\/", "a\nb\r\n\t\u{0}\u{1f}\u{7f}", "\u{2028}\u{2029}", "ünï 🙂 e\u{301}", "</script>"] {
      let written = JSON.object([.init(text, .string(text))]).text
      #expect(!written.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x2028 || $0.value == 0x7f })
      #expect(try JSONValue(parsing: written)[text]?.string == text)
    }
  }
}
