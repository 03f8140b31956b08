internal import CFFmpeg
internal import Glibc
internal import Signal

/// Reads the packets of a session's movies, one movie after the other, for each track on its own.
///
/// A movie that breaks off gives what is whole, and `damage` says so; in a session that was killed this is no damage.
/// Nothing is taken of the movies after it: rows of the tables belong to pictures and samples by their number, and nobody
/// knows how many are missing.
package final class MovieReader {
  private let paths: [String]
  private var sources: [Int: PacketSource] = [:]
  private var places: [TrackKind: Int] = [.picture: 0, .sound: 0]
  private var found: [String] = []

  /// - Parameter paths: the movies in their order.
  package init(_ paths: [String]) { self.paths = paths }

  /// One line for each thing found broken so far.
  package var damage: [String] { found + sources.keys.sorted().flatMap { sources[$0]?.damage ?? [] } }

  /// Size and codec of the first movie that has pictures; nil: none has.
  package var picture: (width: Int, height: Int, codec: String)? {
    first(.picture).map { (Int($0.width), Int($0.height), codecName($0.codec_id)) }
  }

  /// The codec of the first movie that has sound; nil: none has.
  package var audioCodec: String? { first(.sound).map { codecName($0.codec_id) } }

  private func first(_ kind: TrackKind) -> AVCodecParameters? {
    for place in paths.indices {
      if let track = source(place)?.track(kind) { return track.stream.pointee.codecpar.pointee }
    }
    return nil
  }

  /// The next packet, the parameters of its track, and which movie it is in; nil at the end of the last movie.
  func next(_ kind: TrackKind) throws -> (packet: Packet, track: Demuxer.Track, movie: Int)? {
    while let place = places[kind], place < paths.count {
      let isWhole: Bool
      if let source = source(place), let track = source.track(kind) {
        let packet = try source.next(kind)
        let isCut = packet.map { $0.pointer.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 } ?? false
        if let packet, !isCut { return (packet, track, place) }
        isWhole = !isCut && source.damage.isEmpty
      } else {
        // One that opens and has nothing of this kind has lost nothing of it, and need not be read.
        isWhole = sources[place] != nil
      }
      places[kind] = isWhole ? place + 1 : paths.count
      let line = "\(paths[place]): is cut short, and the movies after it are left out"
      if !isWhole, place + 1 < paths.count, !found.contains(line) { found.append(line) }
      leave()
    }
    return nil
  }

  private func source(_ place: Int) -> PacketSource? {
    if let source = sources[place] { return source }
    do {
      let source = try PacketSource(.file(paths[place]), wanted: [.picture, .sound])
      sources[place] = source
      return source
    } catch {
      // Killed before its header was whole, or it is none of ours.
      let line = "\(error)"
      if !found.contains(line) { found.append(line) }
      return nil
    }
  }

  /// Closes the movies that both tracks have behind them.
  private func leave() {
    let done = places.values.min() ?? 0
    for place in sources.keys where place < done {
      found += sources[place]?.damage ?? []
      sources[place] = nil
    }
  }
}
