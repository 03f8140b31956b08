internal import Glibc
internal import Tensor

/// A script that an actor plays, filmed in one take without a cut.
///
/// Each emotion appears in face and voice as in a clip (``SignalModel``), and its expression grows and fades with each
/// sentence. Blinks, glances and movements of the head go on during the whole take.
public struct Take: Sendable {
  public let script: Script
  /// 16 kHz mono, in [-1, 1], `Soundtrack.frame` samples a picture.
  public let samples: [Float]
  public static let (width, height) = (ClipRendering.movie.width, ClipRendering.movie.height)
  private let actor: Actor
  private let poses: [FacePose]
  private let scene: FaceScene
  private var noise: RandomStream

  /// A sheet of paper is before the face, or away, after so many frames.
  private static let lift = 8

  /// - Parameters:
  ///   - seed, actor: who plays: actors of a set with another seed are other people.
  ///   - scratch: for a file that is made and removed.
  /// - Throws: `ActorsError` if espeak-ng is missing or fails.
  public init(_ script: Script, seed: UInt64, actor number: Int, scratch: String) throws {
    var random = Casting.stream(seed, "take", number)
    self.script = script
    actor = Actor(seed: seed, number: number)
    var scene = FaceScene.random(using: &random)
    // A quiet camera: its noise is most of what a picture weighs.
    scene.noise = min(scene.noise, 1)
    self.scene = scene
    var stage = Stage()
    for part in script.parts { try stage.play(part, actor, scratch: scratch, &random) }
    samples = stage.finished(room: pow(10, random.uniform(-62, -54) / 20), &random)
    poses = Self.poses(stage, script, &random)
    noise = Casting.stream(seed, "take's camera", number)
  }

  /// The pictures in order, with the samples that belong to each.
  public mutating func play(_ body: (FacePicture, ArraySlice<Float>) throws -> Void) throws {
    for (index, pose) in poses.enumerated() {
      let picture = try drawFace(
        actor.look, pose, in: scene, width: Self.width, height: Self.height, noise: &noise)
      try body(picture, samples[index * Soundtrack.frame..<(index + 1) * Soundtrack.frame])
    }
  }

  private static func poses(_ stage: Stage, _ script: Script, _ random: inout RandomStream) -> [FacePose] {
    var restlessness = Restlessness(frames: stage.signals.count, &random)
    let covers = covers(script)
    // An expression gives way to the next one within a third of a second.
    let reach = 4
    return stage.signals.indices.map { frame in
      let near = stage.signals[max(0, frame - reach)...min(stage.signals.count - 1, frame + reach)]
      let signal = near.reduce(Signal3(0, 0, 0)) { $0 + (1 / Double(near.count)) * $1 }
      var pose = Performance.expression(signal)
      Performance.speak(&pose, opening: stage.opening[frame], rounding: stage.rounding[frame])
      restlessness.move(&pose, frame: frame, opening: stage.opening[frame], &random)
      pose.cover = covers[frame]
      return pose
    }
  }

  private static func covers(_ script: Script) -> [Double] {
    script.parts.flatMap { part in
      (0..<part.frames).map { frame in
        guard part.isHidden else { return 0 }
        let share = min(1, Double(min(frame + 1, part.frames - frame)) / Double(lift))
        return share * share * (3 - 2 * share)
      }
    }
  }
}

/// What is said and shown so far.
private struct Stage {
  var samples: [Float] = []
  var opening: [Double] = []
  var rounding: [Double] = []
  /// Of the face, of every frame.
  var signals: [Signal3] = []

  mutating func play(_ part: Script.Part, _ actor: Actor, scratch: String, _ random: inout RandomStream) throws {
    let drawn = SignalModel.draw(
      part.emotion, part.intensity, face: actor.faceHabit, voice: actor.voiceHabit, &random)
    var delivery = Delivery(drawn.voice, actor.voice, &random)
    // The room's noise does not stop with the speech.
    delivery.noise = 0
    let speeches = part.isSilent ? [] : try Self.sentences(delivery, frames: part.frames, scratch: scratch, &random)
    let spoken = speeches.reduce(0) { $0 + Self.frames($1) }
    // What is not said is spread over the pauses before, between and after the sentences.
    var (left, pauses) = (part.frames, speeches.count + 1)
    var quiet = part.frames - spoken
    for speech in speeches {
      let lead = quiet / pauses
      (quiet, pauses) = (quiet - lead, pauses - 1)
      let sound = Soundtrack(speech, delivery, lead: lead * Soundtrack.frame, &random)
      let count = lead + Self.frames(speech)
      samples += sound.samples[..<(count * Soundtrack.frame)]
      opening += sound.opening[..<count]
      rounding += sound.rounding[..<count]
      show(drawn.face, count, &random)
      left -= count
    }
    pause(left, drawn.face, &random)
  }

  private static func frames(_ speech: [Float]) -> Int { (speech.count + Soundtrack.frame - 1) / Soundtrack.frame }

  /// As many sentences as can be said in so many frames, with a third of a second around each.
  private static func sentences(
    _ delivery: Delivery, frames: Int, scratch: String, _ random: inout RandomStream
  ) throws -> [[Float]] {
    let pause = Script.rate / 3
    var (speeches, left): ([[Float]], Int) = ([], frames - pause)
    while true {
      let text = Casting.sentences[random.below(Casting.sentences.count)]
      let speech = try Speech.say(text, delivery, scratch: scratch)
      left -= Self.frames(speech) + pause
      if left < 0 { return speeches }
      speeches.append(speech)
    }
  }

  private mutating func pause(_ frames: Int, _ face: Signal3, _ random: inout RandomStream) {
    samples += [Float](repeating: 0, count: frames * Soundtrack.frame)
    opening += [Double](repeating: 0, count: frames)
    rounding += [Double](repeating: 0, count: frames)
    show(face, frames, &random)
  }

  private mutating func show(_ face: Signal3, _ frames: Int, _ random: inout RandomStream) {
    // A silence of many seconds has an expression that comes and goes as often as in speech.
    var left = frames
    while left > 0 {
      let count = left < 2 * Soundtrack.frames ? left : Soundtrack.frames
      let course = Performance.Course(frames: count, &random)
      signals += (0..<count).map { course.strength(at: $0) * face }
      left -= count
    }
  }

  /// The sound with the room's noise.
  func finished(room: Double, _ random: inout RandomStream) -> [Float] {
    samples.map { min(max($0 + Float(room * random.normal()), -1), 1) }
  }
}
