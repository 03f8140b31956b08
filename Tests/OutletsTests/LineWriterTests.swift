import Glibc
import Signal
import Synchronization
import Testing

@testable import Outlets

@Suite struct LineWriterTests {
  private func line(_ i: Int) -> StreamLine {
    StreamLine("\(i) " + String(repeating: "x", count: 1000) + "\n", start: Instant(seconds: Double(i)))
  }

  private func pipes() -> (reads: Int32, writes: Int32) {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  @Test func linesArriveWholeAndInOrder() {
    let (reads, writes) = pipes()
    let writer = LineWriter(descriptor: writes)
    for i in 0..<20 { writer.write(line(i)) }
    #expect(writer.finish(within: 5))
    close(writes)
    let lines = read(reads, until: { _ in false }).split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != " " } } == (0..<20).map { "\($0)" })
    #expect(lines.allSatisfy { $0.count >= 1002 })
    #expect(writer.counters == .init(written: 20, dropped: 0, unwritten: 0))
    close(reads)
  }

  @Test func aStalledReaderCostsLinesAndHearsOfThem() {
    let (reads, writes) = pipes()
    let writer = LineWriter(descriptor: writes, limits: .init(lines: 10, bytes: 1 << 20))
    writer.write(StreamLine("header\n", start: .zero, isHeader: true))
    // A pipe takes 64 KiB; what is more waits, and then is lost.
    for i in 0..<500 { writer.write(line(i)) }
    #expect(writer.counters.dropped > 400)
    let text = read(reads, until: { $0.contains("\n499 ") && $0.hasSuffix("\n") })
    #expect(text.hasPrefix("header\n"))
    #expect(text.contains("{\"type\":\"status\",\"code\":\"lines_dropped\",\"level\":\"warning\""))
    #expect(writer.finish(within: 5))
    let counters = writer.counters
    let notes = text.split(separator: "\n").filter { $0.hasPrefix("{") }.count
    #expect(counters.written + counters.dropped == 501 + notes && counters.unwritten == 0)
    close(reads)
    close(writes)
  }

  @Test func theEndDoesNotWaitForAReaderThatDoesNotRead() {
    let (reads, writes) = pipes()
    let writer = LineWriter(descriptor: writes)
    for i in 0..<100 { writer.write(line(i)) }
    #expect(!writer.finish(within: 0.2))
    let counters = writer.counters
    #expect(counters.unwritten > 0 && counters.written + counters.unwritten == 100)
    #expect(writer.closing == nil)
    close(reads)
    close(writes)
  }

  @Test func aReaderThatIsGoneIsReportedOnce() {
    let (reads, writes) = pipes()
    let said = Mutex<[LineWriter.Closing]>([])
    let writer = LineWriter(descriptor: writes, closed: { closing in said.withLock { $0.append(closing) } })
    close(reads)
    writer.write(line(0))
    #expect(eventually { writer.closing != nil })
    for i in 1..<5 { writer.write(line(i)) }
    #expect(!writer.finish(within: 1))
    #expect(said.withLock { $0 } == [.readerGone])
    #expect(writer.counters == .init(written: 0, dropped: 0, unwritten: 5))
    close(writes)
  }

  @Test func aFullDiskIsReported() {
    let full = open("/dev/full", O_WRONLY)
    let said = Mutex<[LineWriter.Closing]>([])
    let writer = LineWriter(descriptor: full, closed: { closing in said.withLock { $0.append(closing) } })
    writer.write(line(0))
    #expect(!writer.finish(within: 5))
    #expect(said.withLock { $0 } == [.failed(ENOSPC)])
    close(full)
  }
}
