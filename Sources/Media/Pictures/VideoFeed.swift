package import Signal

/// A picture and when it is shown, on the source's own clock.
package struct TimedPicture {
  package var picture: Picture
  package var time: Instant
  /// How long it is shown, as the source says.
  package var duration: Instant
  /// Pictures known to be lost before this one.
  package var droppedBefore = 0

  package init(picture: Picture, time: Instant, duration: Instant, droppedBefore: Int = 0) {
    (self.picture, self.time, self.duration, self.droppedBefore) = (picture, time, duration, droppedBefore)
  }
}

/// Where pictures come from, in order of time.
package protocol VideoFeed: AnyObject {
  var info: VideoInfo { get }
  /// One line for each thing found broken so far.
  var damage: [String] { get }
  /// nil at the end.
  func next() throws -> TimedPicture?
}
