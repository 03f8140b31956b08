package import Signal

/// Pulls the pictures of a feed through a `FaceWatcher`: gives frames with the face in front, and with its crop where a
/// window asks for it.
package final class FollowedVideo {
  private let feed: any VideoFeed
  private let watcher: FaceWatcher
  private let folder: CropFolder?
  private var first: TimedPicture?
  private var index = 0
  /// The first picture's time on the feed's clock; nil: no picture at all.
  let firstTime: Instant?
  /// What the feed's clock shows when the session's shows zero.
  var zero = Instant.zero

  /// - Parameter wants: as `FaceWatcher` has it.
  package init(
    _ feed: any VideoFeed, path: String, options: Recording.Options, wants: @escaping FaceWatcher.Wants
  ) throws {
    self.feed = feed
    folder = try options.saveCrops.map { try CropFolder($0) }
    watcher = try FaceWatcher(
      path: path, faces: options.faces, framing: options.framing, following: options.following,
      landmarks: options.landmarks, wants: wants)
    first = try feed.next()
    firstTime = first?.time
  }

  package func next() throws -> FaceFrame<FaceCrop>? {
    let frame = try pull()
    if let frame, let crop = frame.crop { try folder?.save(crop, index: frame.index, at: frame.time) }
    return frame
  }

  private func pull() throws -> FaceFrame<FaceCrop>? {
    while var picture = try first ?? feed.next() {
      first = nil
      picture.time = picture.time - zero
      defer { index += 1 }
      if let frame = try watcher.receive(picture, index: index) { return frame }
    }
    return try watcher.flush()
  }
}
