internal import Media
internal import Signal

/// The chunks of a session as they were captured: rows of chunks.tsv with their samples out of the movies.
final class SessionAudio {
  let path: String
  private let blocks: MovieSamples
  private var table: SessionTable<SessionChunkRow>
  private var samples: [Int16] = []

  init(_ reader: MovieReader, folder: String) throws {
    (blocks, path) = (MovieSamples(reader, path: folder), folder)
    table = try SessionTable(folder: folder)
  }

  /// A block in the middle cannot be decoded; the rest of the sound is left out.
  var isBroken: Bool { blocks.isBroken }

  /// The next chunk and whether the recogniser took it; nil at the end, or where the movies end first.
  func next() throws -> (sound: CapturedAudio, seen: Bool)? {
    guard let row = try table.next() else { return nil }
    while samples.count < row.count {
      guard let more = try blocks.next() else { return nil }
      samples += more
    }
    let taken = Array(samples.prefix(row.count))
    samples.removeFirst(row.count)
    return (CapturedAudio(samples: taken, time: row.time, slip: row.slip, gap: row.gap), row.seen)
  }
}
