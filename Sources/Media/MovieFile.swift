internal import CFFmpeg
internal import Glibc
internal import Signal

/// Writes a whole short movie: Matroska with pictures as JPEG and 16 kHz sound as FLAC.
///
/// The same pictures and samples give the same bytes.
public final class MovieFile {
  public let path: String
  public let width, height: Int
  private let movie: SessionMovie
  private let scaler = Scaler()
  private let rate: Int
  private var frames = 0
  private var samples = 0

  /// libav's third finest: a webcam's JPEG is no better.
  private static let quality = 3 * FF_QP2LAMBDA

  /// - Parameters:
  ///   - width, height: of every picture, even.
  ///   - rate: pictures a second; 1000 is a multiple of it.
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public init(_ path: String, width: Int, height: Int, rate: Int = 25) throws {
    precondition(width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0, "a movie of \(width)×\(height)")
    precondition(rate > 0 && 1000 % rate == 0, "\(rate) pictures a second")
    (self.path, self.width, self.height, self.rate) = (path, width, height, rate)
    let like = Self.captured([0], index: 0, width, height)
    movie = try SessionMovie(path, shape: SessionMovie.Shape(like), hasSound: true)
  }

  /// The next picture and the sound that goes with it.
  /// - Parameters:
  ///   - rgb: row-major, three bytes a pixel.
  ///   - sound: in [-1, 1].
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public func add(rgb: [UInt8], sound: some Sequence<Float>) throws {
    precondition(rgb.count == 3 * width * height, "\(rgb.count) bytes for \(width)×\(height) pixels")
    let jpeg = try encode(rgb)
    try movie.add(Self.captured(jpeg, index: frames, width, height), at: Int64(frames * 1000 / rate))
    let whole = sound.map { Int16(min(max(($0 * 32768).rounded(), -32768), 32767)) }
    if !whole.isEmpty { try movie.add(whole, at: Int64(samples * 1000 / AudioChunk.rate)) }
    frames += 1
    samples += whole.count
  }

  /// Writes what players want at the end. Nothing may be added after it.
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public func finish() throws { try movie.finish() }

  private func encode(_ rgb: [UInt8]) throws -> [UInt8] {
    let (source, target) = (try frame(AV_PIX_FMT_RGB24), try frame(AV_PIX_FMT_YUVJ420P))
    let stride = Int(source.pointer.pointee.linesize.0)
    rgb.withUnsafeBufferPointer { bytes in
      for y in 0..<height {
        // Non-nil, because the frame was just given a buffer, and there are pixels.
        source.pointer.pointee.data.0!.advanced(by: y * stride).update(
          from: bytes.baseAddress! + 3 * y * width, count: 3 * width)
      }
    }
    let context = try scaler.context(
      (width, height, AV_PIX_FMT_RGB24), (width, height, AV_PIX_FMT_YUVJ420P), colours: nil, path: path)
    let code = sws_scale_frame(context, target.pointer, source.pointer)
    guard code >= 0 else { throw MediaError.libav("libswscale", "write", code: code, path: path, kind: .cannotWrite) }
    target.pointer.pointee.quality = Self.quality
    return try StillEncoder.encode(target, codec: AV_CODEC_ID_MJPEG, path: path) { context in
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE | Int32(AV_CODEC_FLAG_BITEXACT)
      context.pointee.global_quality = Self.quality
    }
  }

  private func frame(_ format: AVPixelFormat) throws -> Frame {
    let frame = Frame()
    frame.pointer.pointee.width = Int32(width)
    frame.pointer.pointee.height = Int32(height)
    frame.pointer.pointee.format = format.rawValue
    let code = av_frame_get_buffer(frame.pointer, 0)
    guard code >= 0 else { throw MediaError.libav("libavutil", "write", code: code, path: path, kind: .cannotWrite) }
    return frame
  }

  private static func captured(_ jpeg: [UInt8], index: Int, _ width: Int, _ height: Int) -> CapturedFrame {
    CapturedFrame(
      index: index, time: 0, sequence: 0, droppedBefore: 0, format: .jpeg, width: width, height: height, bytes: jpeg)
  }
}
