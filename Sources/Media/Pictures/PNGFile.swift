internal import CFFmpeg
public import Signal

/// Writes face crops as PNG pictures, by libavcodec.
public enum PNGFile {
  /// - Throws: `MediaError` of kind `.cannotWrite`; then no file is left.
  public static func write(_ crop: FaceCrop, to path: String) throws {
    try StillEncoder.write(try encode(crop, path: path), to: path)
  }

  static func encode(_ crop: FaceCrop, path: String) throws -> [UInt8] {
    let frame = try StillEncoder.frame(rgb: crop.pixels, width: crop.side, height: crop.side, path: path)
    return try StillEncoder.encode(frame, codec: AV_CODEC_ID_PNG, path: path) { context in
      // The best filter for each row: faces take two thirds of the bytes that unfiltered rows would.
      av_opt_set(context.pointee.priv_data, "pred", "mixed", 0)
    }
  }
}
