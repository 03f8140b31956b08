internal import CFFmpeg
internal import Files
public import Signal

/// Writes face crops as JPEG pictures of high quality, colours at full resolution: a fifth of a PNG's bytes.
public enum JPEGFile {
  /// - Throws: `MediaError` of kind `.cannotWrite`; then no file is left.
  public static func write(_ crop: FaceCrop, to path: String) throws {
    let bytes = try encode(
      crop.pixels, width: crop.side, height: crop.side, format: AV_PIX_FMT_YUVJ444P, quality: 2, with: Scaler(),
      path: path)
    try StillEncoder.write(bytes, to: path)
  }

  /// A JPEG's bytes; the same pixels give the same.
  /// - Parameters:
  ///   - rgb: row-major, three bytes a pixel.
  ///   - quality: libav's, from 1, the finest, to 31.
  ///   - scaler: kept by whoever encodes many pictures.
  static func encode(
    _ rgb: [UInt8], width: Int, height: Int, format: AVPixelFormat, quality: Int32, with scaler: Scaler, path: String
  ) throws -> [UInt8] {
    let source = try StillEncoder.frame(rgb: rgb, width: width, height: height, path: path)
    let frame = try StillEncoder.frame(width: width, height: height, format: format, path: path)
    let context = try scaler.context(
      (width, height, AV_PIX_FMT_RGB24), (width, height, format), colours: nil, path: path)
    let code = sws_scale_frame(context, frame.pointer, source.pointer)
    guard code >= 0 else { throw MediaError.libav("libswscale", "write", code: code, path: path, kind: .cannotWrite) }
    frame.pointer.pointee.quality = quality * FF_QP2LAMBDA
    return try StillEncoder.encode(frame, codec: AV_CODEC_ID_MJPEG, path: path) { context in
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE | Int32(AV_CODEC_FLAG_BITEXACT)
      context.pointee.global_quality = quality * FF_QP2LAMBDA
    }
  }
}
