import Outlets
import Recognition

/// The stream in one format, in a file or on stdout. It waits for its reader, as a replay may.
final class StreamFile: StreamOutput {
  let output: Output
  private var lines: FormattedLines

  init(_ output: Output, _ format: StreamFormat, truth: Truth?) {
    self.output = output
    lines = FormattedLines(format, truth: truth)
  }

  func receive(_ event: StreamEvent, _ line: () -> StreamLine) throws {
    if let text = lines.line(for: event, line) { try output.write(text.bytes) }
  }
}

/// How often the right emotion leads.
final class TruthScore: StreamOutput {
  private let truth: Truth
  private(set) var score = Truth.Score()

  init(_ truth: Truth) { self.truth = truth }

  func receive(_ event: StreamEvent, _ line: () -> StreamLine) {
    if case .result(let result) = event { score.add(result, truth) }
  }
}
