import Recognition
import Signal
import Testing

@testable import Outlets

@Suite struct LineBacklogTests {
  private func line(_ text: String, _ seconds: Double = 0) -> StreamLine {
    StreamLine(text + "\n", start: Instant(seconds: seconds))
  }

  private func all(_ backlog: inout LineBacklog) -> [String] {
    var out: [String] = []
    while let line = backlog.next(note: { "\($0.code.rawValue) \($0.start.seconds) \($0.message)\n" }) {
      out.append(String(decoding: line.bytes.dropLast(), as: UTF8.self))
    }
    return out
  }

  @Test func linesComeInTheirOrder() {
    var backlog = LineBacklog(limits: .init(lines: 3, bytes: 100))
    for text in ["a", "b", "c"] { backlog.append(line(text)) }
    #expect(all(&backlog) == ["a", "b", "c"])
    #expect(backlog.isEmpty && backlog.bytes == 0 && backlog.dropped == 0)
  }

  @Test func theOldestMakeRoomAndTheirPlaceIsSaid() {
    var backlog = LineBacklog(limits: .init(lines: 2, bytes: 100))
    backlog.append(StreamLine("header\n", start: .zero, isHeader: true))
    for i in 1...5 { backlog.append(line("\(i)", Double(i))) }
    #expect(backlog.dropped == 3)
    #expect(
      all(&backlog) == [
        "header", "lines_dropped 1.0 3 lines were dropped because nobody read them in time", "4", "5",
      ])
    // Said once; the next loss is another one.
    for i in 6...8 { backlog.append(line("\(i)", Double(i))) }
    #expect(all(&backlog).first == "lines_dropped 6.0 1 lines were dropped because nobody read them in time")
    #expect(backlog.dropped == 4)
  }

  @Test func bytesAreBoundedToo() {
    var backlog = LineBacklog(limits: .init(lines: 100, bytes: 10))
    for text in ["1234", "5678", "9"] { backlog.append(line(text)) }
    #expect(backlog.dropped == 1 && backlog.bytes == 7)
    // One that is larger than everything still passes, alone.
    backlog.append(line("0123456789abcdef"))
    #expect(backlog.count == 1 && backlog.dropped == 3)
  }

  @Test func aFormatWithoutAWordForItSaysNothing() {
    var backlog = LineBacklog(limits: .init(lines: 1, bytes: 10))
    for text in ["a", "b"] { backlog.append(line(text)) }
    #expect(backlog.next { _ in nil }?.bytes == Array("b\n".utf8))
    #expect(backlog.isEmpty)
  }
}
