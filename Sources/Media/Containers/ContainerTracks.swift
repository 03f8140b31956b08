internal import CFFmpeg
internal import Files

/// The tracks of one kind in a container, and the one of them that is read. Cover art and text are no pictures.
struct ContainerTracks {
  let labels: [TrackLabel]
  private let streams: [UnsafeMutablePointer<AVStream>]
  /// The chosen one's place; nil: there is none that can be decoded.
  private(set) var chosen: Int?

  var stream: UnsafeMutablePointer<AVStream>? { chosen.map { streams[$0] } }

  /// - Parameter choice: nil: one marked as default before the others, of those that can be decoded.
  /// - Throws: `MediaError` where there is no such track, or none can decode it.
  init(
    _ kind: TrackKind, in context: UnsafeMutablePointer<AVFormatContext>, choice: TrackChoice?, path: String
  ) throws {
    streams = (0..<Int(context.pointee.nb_streams)).compactMap { context.pointee.streams[$0] }.filter {
      $0.pointee.codecpar.pointee.codec_type == kind.mediaType
        && $0.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
        && $0.pointee.codecpar.pointee.codec_id != AV_CODEC_ID_ANSI
    }
    labels = streams.enumerated().map { TrackLabel($1, number: $0 + 1) }
    let streams = streams
    func isReadable(_ place: Int) -> Bool {
      avcodec_find_decoder(streams[place].pointee.codecpar.pointee.codec_id) != nil
    }
    guard let choice else {
      let readable = streams.indices.filter(isReadable)
      chosen = readable.first { labels[$0].isDefault } ?? readable.first
      return
    }
    let option = kind == .picture ? "--video-track" : "--audio-track"
    func failure(_ message: String) -> MediaError {
      MediaError(library: "mien", operation: "read its \(kind.name)", message: message, path: path, kind: .badData)
    }
    guard let place = choice.place(in: labels) else {
      throw failure(
        labels.isEmpty
          ? "it has no track of \(kind.name), so leave out \(option)"
          : "it has no track \(choice) of \(kind.name); it has \(labels.map(\.description).joined(separator: ", "))")
    }
    guard isReadable(place) else { throw failure("no decoder for track \(labels[place])") }
    chosen = place
  }
}
