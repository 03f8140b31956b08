internal import Foundation
public import Recognition

extension SkippedWindows {
  /// The longest line that is looked at; a `behind` line of ours has some 200 bytes.
  private static let lineLimit = 1 << 16
  /// Windows of a year have smaller numbers.
  private static let mostWindows = 1 << 40
  /// More than a live session of a week can have.
  private static let mostRanges = 1 << 20

  private struct Behind: Decodable {
    var type: String
    var code: String
    var firstSeq, lastSeq: Int
  }

  /// What the `behind` lines of a stream say. Lines that are none of ours are passed over: a stranger's file changes at most
  /// what later windows rest on.
  /// - Parameter more: the next bytes of the JSON lines, however many; empty at the end.
  /// - Throws: what `more` throws.
  public init(events more: () throws -> [UInt8]) rethrows {
    self.init()
    let name = Data(#""first_seq""#.utf8)
    var (line, isTooLong) = (Data(), false)
    while true {
      let bytes = try more()
      guard !bytes.isEmpty else { return }
      for part in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
        if part.offset > 0 {
          if !isTooLong, line.range(of: name) != nil { take(line) }
          (line, isTooLong) = (Data(), false)
        }
        isTooLong = isTooLong || line.count + part.element.count > Self.lineLimit
        if !isTooLong { line.append(contentsOf: part.element) }
      }
    }
  }

  private mutating func take(_ line: Data) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard ranges.count < Self.mostRanges, let behind = try? decoder.decode(Behind.self, from: line),
      behind.type == "status", behind.code == StreamStatus.Code.behind.rawValue, behind.firstSeq >= 0,
      behind.firstSeq <= behind.lastSeq, behind.lastSeq <= Self.mostWindows
    else { return }
    append(behind.firstSeq...behind.lastSeq)
  }

  /// Those of a recorded session; none where it has no stream.
  init(folder: String) throws {
    let file = try ReadFile(folder + "/" + SessionFolder.events)
    try self.init { try file?.read() ?? [] }
  }
}
