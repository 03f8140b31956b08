internal import CFFmpeg
public import Signal

/// Follows the face in pictures that come as bytes, and cuts it out, exactly as replay and live do in decoded ones.
public final class StillFaces {
  private let watcher: FaceWatcher
  private let cutter: FaceCutter
  private let path: String
  private var count = 0

  /// - Parameter path: names the pictures in messages.
  /// - Throws: `MediaError`, if there is no face detector.
  public init(framing: FaceFraming, path: String) throws {
    self.path = path
    watcher = try FaceWatcher(path: path, faces: .largest, framing: framing, landmarks: nil) { _, _, _ in true }
    cutter = FaceCutter(PictureConverter(path: path), faces: .largest, framing: framing)
  }

  /// The face in the next picture, `framing.size` square.
  /// - Parameters:
  ///   - rgb: rows from the top, three bytes a pixel, no padding.
  ///   - time: later than the last picture's.
  ///   - other: where the face is if nobody is followed.
  /// - Returns: nil if the square lies outside the picture.
  public func next(
    rgb: [UInt8], width: Int, height: Int, time: Instant, orElse other: FaceSquare
  ) throws -> FaceCrop? {
    let picture = Picture(try StillEncoder.frame(rgb: rgb, width: width, height: height, path: path), Orientation())
    defer { count += 1 }
    try watcher.hold(TimedPicture(picture: picture, time: time, duration: .zero), index: count)
    return try watcher.flush()?.crop ?? cutter.cut(picture, other)
  }
}
