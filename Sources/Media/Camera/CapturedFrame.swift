internal import CFFmpeg

/// One frame as a camera gave it, before anything is decoded.
public struct CapturedFrame: Sendable {
  /// What the bytes are. Planes follow one another without padding.
  public enum Format: Hashable, Sendable {
    /// One JPEG image; sizes as the camera promised them.
    case jpeg
    /// Y U Y V, two bytes a pixel.
    case yuyv
    /// A plane of Y, then one of U V pairs at half the width and height.
    case nv12
  }

  /// Position in the session, from 0, counting every frame that arrived.
  public var index: Int
  /// When it was taken: nanoseconds of CLOCK_MONOTONIC; grows from frame to frame.
  public var time: Int64
  /// The driver's own number.
  public var sequence: UInt32
  /// Frames lost between the one before and this one, by the gap in `sequence`.
  public var droppedBefore: Int
  public var format: Format
  public var width, height: Int
  public var bytes: [UInt8]

  public init(
    index: Int, time: Int64, sequence: UInt32, droppedBefore: Int, format: Format, width: Int, height: Int,
    bytes: [UInt8]
  ) {
    (self.index, self.time, self.sequence, self.droppedBefore) = (index, time, sequence, droppedBefore)
    (self.format, self.width, self.height, self.bytes) = (format, width, height, bytes)
  }
}

extension CapturedFrame {
  /// A frame as a webcam would give it, of pixels that nobody filmed: the same pixels give the same bytes.
  /// - Parameters:
  ///   - rgb: row-major, three bytes a pixel.
  ///   - width: in pixels.
  ///   - height: in pixels.
  ///   - index: the frame's number.
  ///   - time: when it was taken, nanoseconds of CLOCK_MONOTONIC.
  ///   - quality: libav's, from 1, the finest, to 31.
  ///   - path: for messages.
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public init(
    drawn rgb: [UInt8], width: Int, height: Int, index: Int, time: Int64, quality: Int32 = 3, path: String
  ) throws {
    let bytes = try JPEGFile.encode(
      rgb, width: width, height: height, format: AV_PIX_FMT_YUVJ420P, quality: quality, with: Scaler(), path: path)
    self.init(
      index: index, time: time, sequence: UInt32(truncatingIfNeeded: index), droppedBefore: 0, format: .jpeg,
      width: width, height: height, bytes: bytes)
  }
}
