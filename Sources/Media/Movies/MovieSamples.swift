internal import CFFmpeg
internal import Files
internal import Signal

/// Decodes the sound of a session's movies: 16 kHz mono of 16 bit, block by block.
package final class MovieSamples {
  private let reader: MovieReader
  private let path: String
  private var decoder: (movie: Int, decoder: PacketDecoder)?
  private var ended = false
  /// A block in the middle cannot be decoded; nothing after it is given, because its place is unknown.
  package private(set) var isBroken = false

  /// - Parameter path: names the session in messages.
  package init(_ reader: MovieReader, path: String) { (self.reader, self.path) = (reader, path) }

  /// The next block; nil at the end.
  package func next() throws -> [Int16]? {
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
