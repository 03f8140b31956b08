public import Tensor

/// The actor and the emotion of clip k of a set. They follow from the set's seed and k alone, so that a set can be extended.
///
/// In every split each 18 clips in a row have each emotion at each intensity once.
public struct Casting: Hashable, Sendable {
  public let clip: Int
  public let split: Split
  public let actor: Actor
  public let emotion: Emotion
  public let intensity: Intensity
  public let sentence: String
  public let drawn: SignalModel.Drawn
  /// From −1 to 1: the emotion's, scaled by the intensity and moved a little by what is shown.
  public let valence, arousal: Double

  /// One for every emotion; as short as a clip.
  public static let sentences = [
    "It is on the table.", "I will be here at ten.", "The bus is coming now.", "They all went to the sea.",
    "You can take it home.", "That is my brown coat.", "We are nearly there.", "She told me about it.",
  ]

  /// Ten clips: seven to train, one to validate, two to test; the first three are in all of them.
  private static let pattern: [Split] = [
    .train, .test, .val, .train, .train, .train, .test, .train, .train, .train,
  ]

  public init(seed: UInt64, clip: Int) {
    precondition(clip >= 0, "clip \(clip)")
    self.clip = clip
    let (round, place) = clip.quotientAndRemainder(dividingBy: Self.pattern.count)
    split = Self.pattern[place]
    let own = split
    let before = Self.pattern[..<place].filter { $0 == own }.count
    let index = round * Self.pattern.filter { $0 == own }.count + before
    let (emotions, intensities) = (Emotion.allCases, Intensity.allCases)
    let (block, turn) = index.quotientAndRemainder(dividingBy: emotions.count * intensities.count)
    var order = Self.stream(seed, own.rawValue, block)
    let part = order.permutation(emotions.count * intensities.count)[turn]
    emotion = emotions[part % emotions.count]
    intensity = intensities[part / emotions.count]

    var random = Self.stream(seed, "clip", clip)
    let numbers = Actor.numbers(of: own)
    actor = Actor(seed: seed, number: numbers.lowerBound + random.below(numbers.count))
    sentence = Self.sentences[random.below(Self.sentences.count)]
    drawn = SignalModel.draw(emotion, intensity, face: actor.faceHabit, voice: actor.voiceHabit, &random)
    // Part of the spread is visible and audible, part is not.
    let affect = emotion.affect
    let smile = drawn.face.z - intensity.factor * SignalModel.faceMean(emotion).z
    let effort = drawn.voice.x - intensity.factor * SignalModel.voiceMean(emotion).x
    valence = Self.bounded(intensity.factor * affect.valence + 0.06 * smile + 0.03 * random.normal())
    arousal = Self.bounded(intensity.factor * affect.arousal + 0.06 * effort + 0.03 * random.normal())
  }

  /// A stream for one use: name and number of what it decides are part of it.
  public static func stream(_ seed: UInt64, _ name: String, _ number: Int) -> RandomStream {
    var mixer = SplitMix64(seed: seed, name: "\(name) \(number)")
    return RandomStream(seed: mixer.next())
  }

  private static func bounded(_ value: Double) -> Double { min(max(value, -1), 1) }
}
