import Files
import Recognition
import Testing

@testable import Outlets

@Suite struct StreamOutputTests {
  /// Keeps what it gets; fails after a number of lines.
  private final class Keeper: StreamOutput {
    struct Full: Error {}

    private(set) var lines: [StreamLine] = []
    private let room: Int

    init(room: Int = .max) { self.room = room }

    func receive(_ event: StreamEvent, _ line: () -> StreamLine) throws {
      guard lines.count < room else { throw Full() }
      lines.append(line())
    }
  }

  @Test func everyOutputGetsTheSameLine() throws {
    let keepers = [Keeper(), Keeper()]
    let outputs: [any StreamOutput] = keepers
    let events = [Events().created, Events().result(0, nil)]
    for event in events { try outputs.receive(event) }
    for keeper in keepers { #expect(keeper.lines == events.map { StreamLine($0) }) }
    // One encoding, of which both have the bytes.
    let places = keepers.map { $0.lines[1].bytes.withUnsafeBufferPointer(\.baseAddress) }
    #expect(places[0] == places[1])
    #expect(keepers[0].lines.map { $0.text + "\n" } == events.map { $0.json.text + "\n" })
  }

  @Test func oneThatFailsEndsTheStream() throws {
    let keepers = [Keeper(), Keeper(room: 1), Keeper()]
    let outputs: [any StreamOutput] = keepers
    try outputs.receive(Events().created)
    #expect(throws: Keeper.Full.self) { try outputs.receive(Events().result(0, nil)) }
    #expect(keepers.map(\.lines.count) == [2, 1, 1])
  }

  /// A line of JSON is passed on as it is, and every other format is what its formatter says.
  @Test(arguments: StreamFormat.allCases) func formatsAreTheFormatters(format: StreamFormat) {
    var lines = FormattedLines(format)
    var formatter = StreamFormatter(format)
    for event in [Events().created, Events().result(0, [1, 2, 3, 4, 5, 6, 7]), Events().result(1, nil)] {
      #expect(lines.line(for: event) { StreamLine(event) }.map { $0.text + "\n" } == formatter.text(for: event))
    }
  }
}
