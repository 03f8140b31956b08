package import Signal

/// Follows faces and cuts crops, picture by picture: a decoded picture goes in, and the picture before it comes out as a
/// finished frame.
///
/// `FaceFollower` decides where and when to search; `FaceLooker` searches. One picture is held back, because whether a
/// window wants its crop depends on when the next one comes. Files and live sessions both use it.
package final class FaceWatcher {
  /// Whether the crop of the frame with this index and time is asked for, given when the next frame begins (nil: none
  /// follows, and its crop is kept unasked).
  package typealias Wants = (_ index: Int, _ time: Instant, _ next: Instant?) -> Bool

  private let converter: PictureConverter
  private let cutter: FaceCutter
  /// nil: nobody is looked for.
  private let looker: FaceLooker?
  private let wants: Wants
  private var follower: FaceFollower
  private var held: (picture: TimedPicture, index: Int, faces: [FollowedFace])?

  /// - Parameter path: names the recording or camera in messages.
  init(
    path: String, faces: FaceChoice, framing: FaceFraming, following: FaceFollowingPolicy = FaceFollowingPolicy(),
    landmarks: LandmarkModel?, wants: @escaping Wants
  ) throws {
    self.wants = wants
    converter = PictureConverter(path: path)
    cutter = FaceCutter(converter, faces: faces, framing: framing)
    follower = FaceFollower(choice: faces, framing: framing, policy: following)
    looker =
      faces == .none ? nil : try FaceLooker(converter, landmarks: landmarks, path: path)
  }

  /// Takes the next picture, its time on the session's line, and finishes the one before.
  func receive(_ picture: TimedPicture, index: Int) throws -> FaceFrame<FaceCrop>? {
    let finished = try finish(next: picture.time)
    try hold(picture, index: index)
    return finished
  }

  /// Finishes the held picture as if none followed: the end, or a camera that gives nothing for now.
  func flush() throws -> FaceFrame<FaceCrop>? { try finish(next: nil) }

  /// The first half of `receive`: the held picture with its crops.
  func finish(next: Instant?) throws -> FaceFrame<FaceCrop>? {
    guard let (picture, index, followed) = held else { return nil }
    held = nil
    let isWanted = !followed.isEmpty && (next == nil || wants(index, picture.time, next))
    let faces = try followed.map { face in
      FaceFrame<FaceCrop>.Face(face, crop: try isWanted ? cutter.cut(picture.picture, face.square) : nil)
    }
    return FaceFrame(
      index: index, time: picture.time, duration: next.map { $0 - picture.time } ?? picture.duration, faces: faces,
      droppedBefore: picture.droppedBefore)
  }

  /// The second half: follows faces in a new picture and keeps it until the next.
  func hold(_ picture: TimedPicture, index: Int) throws {
    held = (picture, index, try follow(picture.picture, at: picture.time))
  }

  private func follow(_ picture: Picture, at time: Instant) throws -> [FollowedFace] {
    var failure: (any Error)?
    func signature(_ box: PixelBox) -> [Float] {
      do { return try converter.signature(picture, box: box) } catch {
        failure = error
        return []
      }
    }
    follower.begin(time: time, width: picture.width, height: picture.height, signature: signature)
    while let search = follower.nextSearch() { follower.found(try looker?.look(picture, search) ?? []) }
    let faces = follower.finish(signature: signature)
    if let failure { throw failure }
    return faces
  }
}
