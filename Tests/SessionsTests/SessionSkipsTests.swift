import Recognition
import Testing

@testable import Sessions

/// What a session's stream says about skipped windows; a stranger's stream may say anything.
@Suite struct SessionSkipsTests {
  private func skipped(_ text: String, chunk: Int) -> [ClosedRange<Int>] {
    var rest = Array(text.utf8)[...]
    return SkippedWindows {
      defer { rest = rest.dropFirst(chunk) }
      return Array(rest.prefix(chunk))
    }.ranges
  }

  private func behind(_ first: String, _ last: String, code: String = "behind") -> String {
    #"{"type":"status","code":"\#(code)","level":"warning","message":"m","start":1.5,"first_seq":\#(first),"last_seq":\#(last)}"#
      + "\n"
  }

  @Test(arguments: [1, 7, 64, 100_000]) func rangesAreReadHoweverTheBytesCome(chunk: Int) {
    let text =
      #"{"type":"session.created"}"# + "\n" + behind("3", "5") + #"{"type":"emotion.result","seq":6}"# + "\n"
      + behind("9", "9") + behind("12", "1000")
    #expect(skipped(text, chunk: chunk) == [3...5, 9...9, 12...1000])
  }

  @Test func whatIsNoneOfOursIsPassedOver() {
    let wrong = [
      behind("-1", "5"), behind("7", "6"), behind("7", "99999999999999"), behind("1e300", "5"), behind("1", "\"2\""),
      behind("1", "2", code: "face"), "first_seq\n", "\"first_seq\"\n", "\n\n\u{0}\n",
      #"{"first_seq":"# + String(repeating: "[", count: 70_000) + "\n",
      // Over again, and before what is known.
      behind("10", "20"), behind("15", "30"), behind("2", "3"),
    ]
    #expect(skipped(wrong.joined() + behind("40", "41"), chunk: 1000) == [10...20, 40...41])
    // A last line without its end was not finished.
    #expect(skipped(behind("1", "2") + behind("4", "5").dropLast(), chunk: 50) == [1...2])
  }

  @Test func aWindowIsFoundAmongManyRanges() {
    var windows = SkippedWindows()
    for i in 0..<1000 { windows.append(i * 10 + 3...i * 10 + 5) }
    for i in [0, 2, 6, 13_000] { #expect(!windows.contains(i)) }
    for i in [3, 5, 9_993, 9_995, 504] { #expect(windows.contains(i)) }
    let isAdded = windows.append(5...6)
    #expect(!isAdded && windows.ranges.count == 1000)
  }
}
