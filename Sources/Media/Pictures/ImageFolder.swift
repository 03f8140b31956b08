internal import CFFmpeg
internal import Files
internal import Glibc
internal import Signal

/// Still pictures (png, jpg, bmp): a folder's, sorted by name, or some in memory. Each is decoded when it is asked for.
final class ImageFolder {
  let path: String
  let files: [String]
  /// Of pictures in memory.
  private let members: [MediaBytes]?

  /// - Throws: `MediaError` if there are none.
  init(_ members: [MediaBytes], name: String) throws {
    (path, files, self.members) = (name, members.map(\.name), members)
    guard !files.isEmpty else {
      throw MediaError(
        library: "mien", operation: "read pictures", message: "there are none in it", path: path, kind: .badData)
    }
  }

  init(_ path: String) throws {
    (self.path, members) = (path, nil)
    files = try names(in: path).filter { name in
      let lower = name.lowercased()
      return !name.hasPrefix(".") && [".png", ".jpg", ".jpeg", ".bmp"].contains { lower.hasSuffix($0) }
    }
    guard !files.isEmpty else {
      throw MediaError(
        library: "mien", operation: "read pictures", message: "the folder has no png, jpg or bmp files in it",
        path: path,
        kind: .badData)
    }
  }

  func picture(_ index: Int) throws -> Picture {
    if let members { return try Self.decode(members[index].bytes, path: members[index].name) }
    return try Self.read("\(path)/\(files[index])")
  }

  /// Codec by the first bytes, not by the name.
  static func codec(of bytes: [UInt8]) -> AVCodecID? {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return AV_CODEC_ID_PNG }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return AV_CODEC_ID_MJPEG }
    if bytes.starts(with: [0x42, 0x4D]) { return AV_CODEC_ID_BMP }
    return nil
  }

  static func read(_ path: String) throws -> Picture { try decode(readBytes(path, limit: 256 << 20), path: path) }

  private static func decode(_ bytes: [UInt8], path: String) throws -> Picture {
    guard let id = codec(of: bytes) else {
      throw MediaError(
        library: "mien", operation: "read as a picture", message: "it is no png, jpg or bmp", path: path, kind: .badData
      )
    }
    let parameters = avcodec_parameters_alloc()
    defer {
      var parameters = parameters
      avcodec_parameters_free(&parameters)
    }
    parameters!.pointee.codec_type = AVMEDIA_TYPE_VIDEO
    parameters!.pointee.codec_id = id
    let decoder = try Decoder(
      parameters: parameters!, timeBase: AVRational(num: 1, den: 25), threads: 1, path: path, strict: true)
    var packet: Packet? = Packet()
    let code = av_new_packet(packet!.pointer, Int32(bytes.count))
    guard code >= 0 else { throw MediaError.libav("libavcodec", "read as a picture", code: code, path: path) }
    bytes.withUnsafeBytes {
      packet!.pointer.pointee.data.update(from: $0.baseAddress!.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    }
    let frame = try decoder.next {
      defer { packet = nil }
      return packet
    }
    guard let frame else {
      let said = decoder.complaints().last.map { $0.split(whereSeparator: \.isNewline).joined() }
      throw MediaError(
        library: "libavcodec", operation: "decode the picture", message: said ?? "it is broken", path: path,
        kind: .badData)
    }
    return Picture(frame, Orientation())
  }
}
