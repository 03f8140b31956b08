internal import Media
internal import Signal
internal import Tensor

/// What a set's clips are on the disk.
public enum ClipForm: String, CaseIterable, Hashable, Sendable {
  /// A folder of aligned faces, as `mien data faces` makes them (JPEG), and 16 kHz FLAC.
  case frames
  /// A Matroska movie of 320×240.
  case video
}

/// One clip, played and filmed.
struct ClipRendering {
  let casting: Casting
  let sound: Soundtrack
  let performance: Performance
  private let scene: FaceScene
  private let form: ClipForm
  private var noise: RandomStream

  static let movie = (width: 320, height: 240)

  /// - Parameter scratch: for a file that is made and removed.
  init(_ casting: Casting, seed: UInt64, form: ClipForm, scratch: String) throws {
    (self.casting, self.form) = (casting, form)
    var random = Casting.stream(seed, "rendering", casting.clip)
    let delivery = Delivery(casting.drawn.voice, casting.actor.voice, &random)
    let lead = Soundtrack.frame / 4 * (6 + random.below(14))
    let speech = try Speech.say(casting.sentence, delivery, scratch: scratch)
    sound = Soundtrack(speech, delivery, lead: lead, &random)
    performance = Performance(casting.drawn.face, sound, &random)
    scene = FaceScene.random(using: &random)
    noise = Casting.stream(seed, "camera", casting.clip)
  }

  /// The pictures in order: as the camera has them, or (frames) the faces followed in them, `FaceFraming.size` square.
  mutating func pictures(_ body: (Int, FacePicture) throws -> Void) throws {
    let (width, height) = Self.movie
    let follower = try form == .frames ? StillFaces(framing: FaceFraming(), path: "clip \(casting.clip)") : nil
    for (index, pose) in performance.poses.enumerated() {
      var picture = try drawFace(casting.actor.look, pose, in: scene, width: width, height: height, noise: &noise)
      let time = Instant(seconds: Double(index) / Double(Script.rate))
      if let follower {
        let face = try follower.next(
          rgb: picture.rgb, width: width, height: height, time: time, orElse: square(pose))
        picture = FacePicture(width: face.side, height: face.side, rgb: face.pixels)
      }
      try body(index, picture)
    }
  }

  /// Where the face is drawn.
  private func square(_ pose: FacePose) -> FaceSquare {
    let (width, height) = Self.movie
    let face = FaceGeometry(casting.actor.look, pose, scene, width: width, height: height)
    let (left, right) = (face.on(-face.eyeX, 0), face.on(face.eyeX, 0))
    return FaceFraming().square(leftEye: (left.x, left.y), rightEye: (right.x, right.y))
  }
}
