/// A rectangle in upright source pixels, origin top left; may reach outside the picture.
public struct PixelBox: Hashable, Sendable, Codable {
  public var x, y, width, height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}

/// The similarity square that becomes a model's face input: centre and side in upright source pixels,
/// and the angle in radians by which the face's right leans down (clockwise as seen).
public struct FaceSquare: Hashable, Sendable, Codable {
  public var centerX, centerY, side, angle: Double

  public init(centerX: Double, centerY: Double, side: Double, angle: Double = 0) {
    (self.centerX, self.centerY, self.side, self.angle) = (centerX, centerY, side, angle)
  }
}

/// A person's face, as followed from frame to frame.
public struct FollowedFace: Hashable, Sendable, Codable {
  /// Never comes back for another person.
  public var id: Int
  /// The smoothed face box.
  public var box: PixelBox
  /// What to cut out for the model.
  public var square: FaceSquare

  public init(id: Int, box: PixelBox, square: FaceSquare) {
    (self.id, self.box, self.square) = (id, box, square)
  }
}

/// An aligned face: `side` × `side` RGB bytes, rows from the top, no padding.
public struct FaceCrop: Hashable, Sendable {
  public var side: Int
  public var pixels: [UInt8]

  public init(side: Int, pixels: [UInt8]) {
    precondition(pixels.count == side * side * 3, "\(pixels.count) bytes for a face of side \(side)")
    (self.side, self.pixels) = (side, pixels)
  }
}

/// One frame of a picture track after faces have been looked for.
///
/// `Crop` is `FaceCrop` in the product; tests put the frame's own index there.
public struct FaceFrame<Crop: Sendable>: Sendable {
  /// Position in its track, from 0, counting every decoded frame.
  public var index: Int
  /// When it was shown or taken.
  public var time: Instant
  /// How long it is shown: until the next frame, or the container's word for the last.
  public var duration: Instant
  /// The faces that are followed in this frame, each of another person, the one in front first; empty: no face.
  public var faces: [Face]
  /// Frames known to be lost before this one.
  public var droppedBefore: Int

  /// One person's face in the frame.
  public struct Face: Sendable {
    public var followed: FollowedFace
    /// What is cut out for the model; nil: no window asks for this frame (`WindowSchedule.wants`), or the face's square
    /// lies outside the picture.
    public var crop: Crop?

    public init(_ followed: FollowedFace, crop: Crop?) { (self.followed, self.crop) = (followed, crop) }
  }

  public init(index: Int, time: Instant, duration: Instant, faces: [Face], droppedBefore: Int = 0) {
    (self.index, self.time, self.duration) = (index, time, duration)
    (self.faces, self.droppedBefore) = (faces, droppedBefore)
  }

  /// A frame with one face at most. Without a face there is no crop.
  public init(
    index: Int, time: Instant, duration: Instant, face: FollowedFace?, crop: Crop?, droppedBefore: Int = 0
  ) {
    self.init(
      index: index, time: time, duration: duration, faces: face.map { [Face($0, crop: crop)] } ?? [],
      droppedBefore: droppedBefore)
  }

  /// The face in front; nil: no face in this frame.
  public var face: FollowedFace? { faces.first?.followed }

  /// The crop of the face in front.
  public var crop: Crop? { faces.first?.crop }
}

/// What tells a frame of a track from all others.
public struct FrameMark: Sendable, Hashable {
  /// When it was shown or taken, and its position in the track: a frame may take the place of another one at the same time.
  public var time: Instant
  public var index: Int

  public init(time: Instant, index: Int) { (self.time, self.index) = (time, index) }
}
