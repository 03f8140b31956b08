internal import Files
public import Signal

/// Follows the face in pictures that are in memory, and cuts it out where a window asks for it, exactly as in the frames of
/// a recording. Not for two threads at once.
///
/// One picture is held back, because whether its face is wanted depends on when the next one comes.
public final class PictureFollower {
  private let watcher: FaceWatcher
  private let name: String
  private var count = 0
  private var last: Instant?
  /// The time between the last two pictures, which is taken for how long the last one is shown.
  private var interval = Instant.zero

  /// Makes the face detector, which takes a moment.
  /// - Parameters:
  ///   - faces: which face is followed.
  ///   - framing: how a face is cut out.
  ///   - following: how a face is followed from picture to picture.
  ///   - schedule: the windows for which faces are cut out.
  ///   - landmarks: places the eyes exactly.
  ///   - name: names the pictures in messages.
  /// - Throws: `MediaError` if there is no face detector.
  public init(
    faces: FaceChoice, framing: FaceFraming, following: FaceFollowingPolicy = FaceFollowingPolicy(),
    schedule: WindowSchedule, landmarks: LandmarkModel? = nil, name: String = "pictures in memory"
  ) throws {
    self.name = name
    watcher = try FaceWatcher(path: name, faces: faces, framing: framing, following: following, landmarks: landmarks) {
      schedule.wants(frameAt: $1, next: $2)
    }
  }

  /// Takes the next picture and finishes the one before.
  /// - Parameters:
  ///   - rgb: rows from the top, three bytes a pixel, no padding.
  ///   - width: in pixels.
  ///   - height: in pixels.
  ///   - time: later than the last picture's.
  /// - Throws: `MediaError` where the number of bytes does not fit the size, or the time is not later.
  public func receive(rgb: [UInt8], width: Int, height: Int, time: Instant) throws -> FaceFrame<FaceCrop>? {
    guard (1...16_384).contains(width), (1...16_384).contains(height), rgb.count == 3 * width * height else {
      throw problem("\(rgb.count) bytes are no RGB picture of \(width)×\(height) pixels")
    }
    if let last {
      guard time > last else { throw problem("a picture at \(time.seconds) s follows one at \(last.seconds) s") }
      interval = time - last
    }
    last = time
    defer { count += 1 }
    let frame = try StillEncoder.frame(rgb: rgb, width: width, height: height, path: name)
    let picture = TimedPicture(picture: Picture(frame, Orientation()), time: time, duration: .zero)
    return try watcher.receive(picture, index: count)
  }

  /// No picture follows: finishes the last one.
  public func finish() throws -> FaceFrame<FaceCrop>? {
    guard var frame = try watcher.flush() else { return nil }
    frame.duration = interval
    return frame
  }

  private func problem(_ message: String) -> MediaError {
    MediaError(library: "mien", operation: "follow faces", message: message, path: name, kind: .badData)
  }
}
