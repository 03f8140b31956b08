internal import CFFmpeg
public import Signal

/// Follows the face in pictures that come as bytes, and cuts it out, exactly as replay and live do in decoded ones.
public final class StillFaces {
  private let watcher: FaceWatcher
  private let size: Int
  private let path: String
  private var count = 0

  /// - Parameter path: names the pictures in messages.
  /// - Throws: `MediaError`, if there is no face detector.
  public init(framing: FaceFraming, path: String) throws {
    (self.path, size) = (path, framing.size)
    watcher = try FaceWatcher(path: path, faces: .largest, framing: framing, landmarks: nil) { _, _, _ in true }
  }

  /// The face in the next picture, `framing.size` square.
  /// - Parameters:
  ///   - rgb: rows from the top, three bytes a pixel, no padding.
  ///   - time: later than the last picture's.
  ///   - other: where the face is if nobody is followed.
  public func next(
    rgb: [UInt8], width: Int, height: Int, time: Instant, orElse other: FaceSquare
  ) throws -> FaceCrop {
    let picture = Picture(try StillEncoder.frame(rgb: rgb, width: width, height: height, path: path), Orientation())
    defer { count += 1 }
    try watcher.hold(TimedPicture(picture: picture, time: time, duration: .zero), index: count)
    if let crop = try watcher.flush()?.crop { return crop }
    let colours = ColourRegion(x: 0, y: 0, width: width, height: height, stride: 3 * width, pixels: rgb)
    return FaceWarp.crop(colours, other, size: size)
  }
}
