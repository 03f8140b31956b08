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
    var scene = FaceScene.random(using: &random)
    let framing = FaceFraming()
    // What following a face leaves: the square is not quite where the eyes say.
    let (x, y, scale) = (0.012 * random.normal(), 0.012 * random.normal(), 1 + 0.02 * random.normal())
    if form == .frames {
      scene.centreX = (framing.leftEye[0] + framing.rightEye[0]) / 2 + x
      scene.centreY = (framing.leftEye[1] + framing.rightEye[1]) / 2 + y
      scene.scale = scale * (framing.rightEye[0] - framing.leftEye[0])
    }
    self.scene = scene
    noise = Casting.stream(seed, "camera", casting.clip)
  }

  /// The pictures in order.
  mutating func pictures(_ body: (Int, FacePicture) throws -> Void) throws {
    let (width, height) =
      form == .frames ? (FaceFraming().size, FaceFraming().size) : (Self.movie.width, Self.movie.height)
    for (index, pose) in performance.poses.enumerated() {
      try body(
        index, try drawFace(casting.actor.look, pose, in: scene, width: width, height: height, noise: &noise))
    }
  }
}
