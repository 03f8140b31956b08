internal import Files
public import Signal

/// Follows the face in drawn pictures and cuts it out, exactly as replay and live do in filmed ones.
///
/// Each picture is first encoded and decoded as a movie's JPEG (`MovieFile`). Noise that nobody sees moves the detector's
/// box by a pixel, so the faces of the original pixels would differ from those of the movie.
public final class StillFaces {
  private let watcher: FaceWatcher
  private let decoder: CapturedDecoder
  private let size: Int
  private let path: String
  private var count = 0

  /// - Parameters:
  ///   - framing: how a face is cut out.
  ///   - path: names the pictures in messages.
  /// - Throws: `MediaError`, if there is no face detector.
  public init(framing: FaceFraming, path: String) throws {
    (self.path, size) = (path, framing.size)
    decoder = CapturedDecoder(path: path)
    watcher = try FaceWatcher(path: path, faces: .largest, framing: framing, landmarks: nil) { _, _, _ in true }
  }

  /// The face in the next picture, `framing.size` square.
  /// - Parameters:
  ///   - rgb: rows from the top, three bytes a pixel, no padding.
  ///   - width: in pixels, even.
  ///   - height: in pixels, even.
  ///   - time: later than the last picture's.
  ///   - other: where the face is if nobody is followed.
  public func next(
    rgb: [UInt8], width: Int, height: Int, time: Instant, orElse other: FaceSquare
  ) throws -> FaceCrop {
    defer { count += 1 }
    let frame = try CapturedFrame(
      drawn: rgb, width: width, height: height, index: count, time: time.nanoseconds, path: path)
    guard let picture = try decoder.decode(frame) else {
      throw MediaError(
        library: "libavcodec", operation: "decode", message: "a picture just made is damaged", path: path,
        kind: .badData)
    }
    try watcher.hold(TimedPicture(picture: picture, time: time, duration: .zero), index: count)
    if let crop = try watcher.flush()?.crop { return crop }
    let colours = ColourRegion(x: 0, y: 0, width: width, height: height, stride: 3 * width, pixels: rgb)
    return FaceWarp.crop(colours, other, size: size)
  }
}
