internal import CFFmpeg
internal import Files

/// A swscale context, kept as long as sizes, formats and colours stay the same; frees it.
final class Scaler {
  struct Colours: Equatable {
    /// One of SWS_CS_….
    var matrix: Int32
    /// 0 to 255 instead of 16 to 235.
    var full: Bool
  }
  typealias Shape = (width: Int, height: Int, format: AVPixelFormat)

  private var pointer: OpaquePointer?
  private var key: [Int] = []
  private var colours: Colours?

  deinit { sws_freeContext(pointer) }

  /// Antialiased bilinear, exact arithmetic.
  func context(_ source: Shape, _ target: Shape, colours wanted: Colours?, path: String) throws -> OpaquePointer {
    let flags = SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
    let wantedKey = [
      source.width, source.height, Int(source.format.rawValue), target.width, target.height,
      Int(target.format.rawValue),
    ]
    // Not sws_getCachedContext: it rebuilds for every yuvj picture, and does not say when it has.
    let isNew = pointer == nil || key != wantedKey
    if isNew {
      sws_freeContext(pointer)
      pointer = sws_getContext(
        Int32(source.width), Int32(source.height), source.format, Int32(target.width), Int32(target.height),
        target.format, flags, nil, nil, nil)
      key = wantedKey
    }
    guard let pointer else {
      throw MediaError(
        library: "libswscale", operation: "convert its pictures",
        message: "pixel format \(source.format.rawValue) of \(source.width)×\(source.height) is not supported",
        path: path, kind: .unsupported)
    }
    if let wanted, isNew || wanted != colours {
      // Refused for formats without a matrix (RGB to RGB), where there is nothing to set.
      sws_setColorspaceDetails(
        pointer, sws_getCoefficients(wanted.matrix), wanted.full ? 1 : 0, sws_getCoefficients(SWS_CS_DEFAULT), 1, 0,
        1 << 16, 1 << 16)
    }
    colours = wanted
    return pointer
  }
}
