internal import CFFmpeg
internal import Files

/// Reads the pictures of a session's movies as they were captured.
package final class MoviePictures {
  /// A picture that is in memory but not decoded.
  package struct Stored {
    fileprivate let packet: Packet
    fileprivate let format: CapturedFrame.Format
    fileprivate let width, height: Int
    fileprivate let decoder: PacketDecoder?
  }

  private let reader: MovieReader
  private let path: String
  private var ffv1: (movie: Int, decoder: PacketDecoder)?

  /// - Parameter path: names the session in messages.
  package init(_ reader: MovieReader, path: String) { (self.reader, self.path) = (reader, path) }

  /// The next one; nil at the end.
  package func next() throws -> Stored? {
    guard let (packet, track, movie) = try reader.next(.picture) else { return nil }
    let parameters = track.stream.pointee.codecpar.pointee
    let (width, height) = (Int(parameters.width), Int(parameters.height))
    let format: CapturedFrame.Format
    switch (parameters.codec_id, AVPixelFormat(rawValue: parameters.format)) {
    case (AV_CODEC_ID_MJPEG, _):
      return Stored(packet: packet, format: .jpeg, width: width, height: height, decoder: nil)
    case (AV_CODEC_ID_FFV1, AV_PIX_FMT_YUV422P): format = .yuyv
    case (AV_CODEC_ID_FFV1, AV_PIX_FMT_YUV420P): format = .nv12
    default:
      throw MediaError(
        library: "mien", operation: "read the session's pictures",
        message: "they are \(codecName(parameters.codec_id)) in a layout that no session holds", path: path,
        kind: .badData)
    }
    let decoder: PacketDecoder
    if let ffv1, ffv1.movie == movie {
      decoder = ffv1.decoder
    } else {
      decoder = try PacketDecoder(parameters: track.stream.pointee.codecpar, path: path)
      ffv1 = (movie, decoder)
    }
    return Stored(packet: packet, format: format, width: width, height: height, decoder: decoder)
  }

  /// The bytes that the camera gave, as a frame with the rest of what is known about it; nil where the file is damaged.
  package func captured(
    _ stored: Stored, index: Int, time: Int64, sequence: UInt32, droppedBefore: Int
  ) throws -> CapturedFrame? {
    let bytes: [UInt8]
    if let decoder = stored.decoder {
      guard let frame = try decoder.decode(stored.packet), frame.width == stored.width, frame.height == stored.height,
        let packed = PackedBytes.pack(frame, as: stored.format)
      else { return nil }
      bytes = packed
    } else {
      bytes = Array(UnsafeBufferPointer(start: stored.packet.pointer.pointee.data, count: stored.packet.bytes))
    }
    return CapturedFrame(
      index: index, time: time, sequence: sequence, droppedBefore: droppedBefore, format: stored.format,
      width: stored.width, height: stored.height, bytes: bytes)
  }
}

/// Turns planes back into the bytes of a camera's raw format: the inverse of `PlanarCopy`.
enum PackedBytes {
  /// nil: the frame's layout is not the format's.
  static func pack(_ frame: Frame, as format: CapturedFrame.Format) -> [UInt8]? {
    let layout = AVPixelFormat(rawValue: frame.pointer.pointee.format)
    let fields = frame.pointer.pointee
    let (width, height) = (frame.width, frame.height)
    guard width % 2 == 0, let y = fields.data.0, let u = fields.data.1, let v = fields.data.2 else { return nil }
    let (yStride, uStride, vStride) = (Int(fields.linesize.0), Int(fields.linesize.1), Int(fields.linesize.2))
    switch (format, layout) {
    case (.yuyv, AV_PIX_FMT_YUV422P):
      return [UInt8](unsafeUninitializedCapacity: 2 * width * height) { bytes, count in
        for row in 0..<height {
          let (y, u, v) = (y + row * yStride, u + row * uStride, v + row * vStride)
          for i in 0..<width / 2 {
            (bytes[count], bytes[count + 1], bytes[count + 2], bytes[count + 3]) = (y[2 * i], u[i], y[2 * i + 1], v[i])
            count += 4
          }
        }
      }
    case (.nv12, AV_PIX_FMT_YUV420P) where height % 2 == 0:
      return [UInt8](unsafeUninitializedCapacity: width * height * 3 / 2) { bytes, count in
        for row in 0..<height {
          for i in 0..<width { bytes[count + i] = y[row * yStride + i] }
          count += width
        }
        for row in 0..<height / 2 {
          for i in 0..<width / 2 {
            (bytes[count], bytes[count + 1]) = (u[row * uStride + i], v[row * vStride + i])
            count += 2
          }
        }
      }
    default: return nil
    }
  }
}
