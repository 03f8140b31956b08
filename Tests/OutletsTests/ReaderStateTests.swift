import Signal
import Testing

@testable import Outlets

@Suite struct ReaderStateTests {
  private let header = StreamLine("header\n", start: .zero, isHeader: true)
  private let second: Int64 = 1_000_000_000

  private func reader(_ lines: Int = 3, token: String? = nil) throws -> ReaderState {
    ReaderState(limits: .init(lines: lines, bytes: 1000), token: try token.map { try ListenToken($0) }, now: 0)
  }

  private func line(_ text: String) -> StreamLine { StreamLine(text + "\n", start: Instant(seconds: 2)) }

  /// What the socket takes if it takes everything.
  private func written(_ reader: inout ReaderState) -> String {
    var out: [UInt8] = []
    while reader.wantsToWrite {
      out += reader.pending
      reader.wrote(reader.pending.count)
    }
    return String(decoding: out, as: UTF8.self)
  }

  @Test func linesFlow() throws {
    var reader = try reader()
    for line in [header, line("a"), line("b")] { reader.append(line, now: 0) }
    #expect(written(&reader) == "header\na\nb\n")
    #expect(reader.phase == .open && reader.deadline == nil)
  }

  /// However little may wait, a reader gets all that it must know when it comes, before what follows.
  @Test func whatHoldsComesFirstAndWhole() throws {
    var reader = try reader(1)
    reader.welcome([header, line("no face"), line("result")])
    reader.append(line("next"), now: 0)
    #expect(!reader.hasStalled)
    #expect(written(&reader) == "header\nno face\nresult\nnext\n")
  }

  @Test func aStalledReaderIsToldAfterTheLineItIsIn() throws {
    var reader = try reader(2)
    reader.append(line("first"), now: 0)
    reader.wrote(2)
    for i in 0..<3 { reader.append(line("\(i)"), now: second) }
    #expect(reader.hasStalled && reader.phase == .closing(until: 6 * second))
    let text = written(&reader)
    #expect(text.hasPrefix("rst\n{\"type\":\"status\",\"code\":\"lines_dropped\",\"level\":\"error\""))
    #expect(text.split(separator: "\n").count == 2)
    #expect(reader.phase == .closed)
  }

  @Test func aStalledReaderThatNeverReadsIsClosed() throws {
    var reader = try reader(1)
    for i in 0..<3 { reader.append(line("\(i)"), now: 0) }
    reader.pass(5 * second - 1)
    #expect(reader.phase == .closing(until: 5 * second))
    reader.pass(5 * second)
    #expect(reader.phase == .closed)
  }

  @Test func nothingComesBeforeTheToken() throws {
    var reader = try reader(token: "12345678")
    reader.append(line("before"), now: 0)
    reader.welcome([header])
    #expect(!reader.wantsToWrite)
    reader.receive("token 1234".utf8, state: [header], now: second)
    #expect(!reader.wantsToWrite)
    reader.receive("5678\r\n".utf8, state: [header], now: 2 * second)
    reader.append(line("after"), now: 3 * second)
    #expect(written(&reader) == "header\nafter\n")
  }

  @Test(arguments: ["token 12345679\n", "12345678\n", "token 12345678\nmore", String(repeating: "x", count: 301)])
  func aWrongTokenEndsIt(said: String) throws {
    var reader = try reader(token: "12345678")
    reader.receive(said.utf8, state: [header], now: 0)
    reader.append(line("secret"), now: 0)
    let text = written(&reader)
    #expect(text.contains("wrong token") && !text.contains("header") && !text.contains("secret"))
    #expect(reader.phase == .closed)
  }

  @Test func theTokenHasItsTime() throws {
    var reader = try reader(token: "12345678")
    reader.pass(5 * second)
    #expect(written(&reader).contains("no token within 5 s"))
    #expect(reader.phase == .closed)
  }

  @Test func aReaderThatSpeaksIsToldOff() throws {
    var reader = try reader()
    reader.append(header, now: 0)
    reader.receive("GET / HTTP/1.1\r\n".utf8, state: [header], now: 0)
    #expect(written(&reader).hasSuffix("\"message\":\"readers only read: this one sent something\",\"start\":0.0}\n"))
    #expect(reader.phase == .closed)
  }

  @Test func whatWaitsIsWrittenAtTheEnd() throws {
    var reader = try reader()
    for text in ["a", "b"] { reader.append(line(text), now: 0) }
    reader.finish(until: second)
    reader.append(line("late"), now: 0)
    #expect(written(&reader) == "a\nb\n")
    #expect(reader.phase == .closed)
  }
}
