internal import CFFmpeg
public import Signal

/// Writes face crops as PNG pictures, by libavcodec.
public enum PNGFile {
  /// - Throws: `MediaError` of kind `.cannotWrite`; then no file is left.
  public static func write(_ crop: FaceCrop, to path: String) throws {
    try StillEncoder.write(try encode(crop, path: path), to: path)
  }

  static func encode(_ crop: FaceCrop, path: String) throws -> [UInt8] {
    let frame = try frame(of: crop, path: path)
    return try StillEncoder.encode(frame, codec: AV_CODEC_ID_PNG, path: path) { context in
      // The best filter for each row: faces take two thirds of the bytes that unfiltered rows would.
      av_opt_set(context.pointee.priv_data, "pred", "mixed", 0)
    }
  }

  /// The crop's pixels as libav has them.
  static func frame(of crop: FaceCrop, path: String) throws -> Frame {
    let frame = try StillEncoder.frame(side: crop.side, format: AV_PIX_FMT_RGB24, path: path)
    let stride = Int(frame.pointer.pointee.linesize.0)
    let row = crop.side * 3
    crop.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<crop.side {
        frame.pointer.pointee.data.0!.advanced(by: y * stride).update(from: pixels.baseAddress! + y * row, count: row)
      }
    }
    return frame
  }
}
