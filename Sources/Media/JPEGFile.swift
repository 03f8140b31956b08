internal import CFFmpeg
public import Signal

/// Writes face crops as JPEG pictures of high quality, colours at full resolution: a fifth of a PNG's bytes.
public enum JPEGFile {
  /// - Throws: `MediaError` of kind `.cannotWrite`; then no file is left.
  public static func write(_ crop: FaceCrop, to path: String) throws {
    let source = try PNGFile.frame(of: crop, path: path)
    let frame = try StillEncoder.frame(side: crop.side, format: AV_PIX_FMT_YUVJ444P, path: path)
    let scaler = Scaler()
    let context = try scaler.context(
      (crop.side, crop.side, AV_PIX_FMT_RGB24), (crop.side, crop.side, AV_PIX_FMT_YUVJ444P), colours: nil, path: path)
    let code = sws_scale_frame(context, frame.pointer, source.pointer)
    guard code >= 0 else { throw MediaError.libav("libswscale", "write", code: code, path: path, kind: .cannotWrite) }
    frame.pointer.pointee.quality = quality
    let bytes = try StillEncoder.encode(frame, codec: AV_CODEC_ID_MJPEG, path: path) { context in
      context.pointee.flags |= AV_CODEC_FLAG_QSCALE | Int32(AV_CODEC_FLAG_BITEXACT)
      context.pointee.global_quality = quality
    }
    try StillEncoder.write(bytes, to: path)
  }

  /// libav's finest but one.
  private static let quality = 2 * FF_QP2LAMBDA
}
