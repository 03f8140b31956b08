internal import Tensor

/// One actor: a face, a voice, and habits; follows from the set's seed and the actor's number alone.
public struct Actor: Hashable, Sendable {
  /// Actors of each split, one after the other: 350, 50 and 100.
  public static func numbers(of split: Split) -> Range<Int> {
    switch split {
    case .train: 0..<350
    case .val: 350..<400
    case .test: 400..<500
    }
  }

  public let number: Int
  public let look: FaceLook
  public let voice: SpeakerVoice
  /// What this actor's neutral face and voice are like.
  public let faceHabit, voiceHabit: Signal3

  public init(seed: UInt64, number: Int) {
    self.number = number
    var random = Casting.stream(seed, "actor", number)
    look = FaceLook.random(using: &random)
    faceHabit = Signal3.normal(SignalModel.habit, &random)
    voiceHabit = Signal3.normal(SignalModel.habit, &random)
    voice = SpeakerVoice(isDeep: look.beard != .none || random.chance(0.35), &random)
  }
}
