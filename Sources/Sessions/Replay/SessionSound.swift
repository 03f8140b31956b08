internal import CFFmpeg
internal import Files
internal import Signal

/// The chunks of a session as they were captured: rows of chunks.tsv with their samples out of the movies' FLAC.
final class SessionSound {
  private let reader: SessionMovieReader
  let path: String
  private var table: SessionTable<SessionChunkRow>
  private var decoder: (movie: Int, decoder: PacketDecoder)?
  private var samples: [Int16] = []
  private var ended = false
  /// Something in the middle cannot be decoded: what follows has no place any more.
  private(set) var isBroken = false

  init(_ reader: SessionMovieReader, folder: String) throws {
    (self.reader, path) = (reader, folder)
    table = try SessionTable(folder: folder)
  }

  /// The next chunk and whether the recogniser took it; nil at the end, or where the movies end first.
  func next() throws -> (sound: CapturedSound, seen: Bool)? {
    guard let row = try table.next() else { return nil }
    while samples.count < row.count {
      guard let more = try decoded() else { return nil }
      samples += more
    }
    let taken = Array(samples.prefix(row.count))
    samples.removeFirst(row.count)
    return (CapturedSound(samples: taken, time: row.time, slip: row.slip, gap: row.gap), row.seen)
  }

  /// The next block; nil at the end.
  private func decoded() throws -> [Int16]? {
    while !ended {
      guard let (packet, track, movie) = try reader.next(.sound) else {
        ended = true
        return nil
      }
      if decoder?.movie != movie {
        decoder = (movie, try PacketDecoder(parameters: track.stream.pointee.codecpar, path: path))
      }
      guard let block = try decoder?.decoder.decode(packet) else {
        (ended, isBroken) = (true, true)
        return nil
      }
      let fields = block.pointer.pointee
      let isOurs =
        [AV_SAMPLE_FMT_S16.rawValue, AV_SAMPLE_FMT_S16P.rawValue].contains(fields.format)
        && fields.ch_layout.nb_channels == 1 && fields.sample_rate == AudioChunk.rate
      guard isOurs, let data = fields.data.0 else {
        throw MediaError(
          library: "mien", operation: "read the session's sound", message: "it is not 16 kHz mono of 16 bit",
          path: path, kind: .badData)
      }
      return data.withMemoryRebound(to: Int16.self, capacity: Int(fields.nb_samples)) {
        Array(UnsafeBufferPointer(start: $0, count: Int(fields.nb_samples)))
      }
    }
    return nil
  }
}
