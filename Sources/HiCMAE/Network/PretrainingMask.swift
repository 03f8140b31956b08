public import Tensor

/// Which patches of one modality the encoder sees, and which the decoder must make up.
public struct Hiding: Hashable, Sendable {
  public let visible, hidden: TokenChoice

  /// - Parameters:
  ///   - tokens: of a sequence.
  ///   - hidden: for every sequence the hidden places, the same number in each, each once; some must stay visible.
  public init(tokens: Int, hidden: [[Int]]) {
    let sets = hidden.map(Set.init)
    self.hidden = TokenChoice(tokens: tokens, places: sets.map { $0.sorted() })
    visible = TokenChoice(tokens: tokens, places: sets.map { set in (0..<tokens).filter { !set.contains($0) } })
    precondition(visible.count > 0, "everything is hidden")
  }

  /// Of some of the sequences, at least one.
  public func sequences(_ range: Range<Int>) -> Hiding {
    Hiding(visible: visible.sequences(range), hidden: hidden.sequences(range))
  }

  private init(visible: TokenChoice, hidden: TokenChoice) { (self.visible, self.hidden) = (visible, hidden) }
}

/// What is hidden of a batch: video in tubes, the same places at every time step; audio anywhere. Always of both
/// modalities, so that a model with one of them hides what a model with both would.
public struct PretrainingMask: Hashable, Sendable {
  public let video, audio: Hiding

  /// Places of a frame of patches, and time steps.
  public static let tubes = (Configuration.side / Configuration.patch) * (Configuration.side / Configuration.patch)
  public static let steps = Configuration.frames / Configuration.tubelet

  /// - Parameters:
  ///   - tubes: for every clip the hidden ones of the 100 places of a frame.
  ///   - audio: for every clip the hidden ones of the 128 patches.
  public init(hiddenTubes tubes: [[Int]], audio: [[Int]]) {
    precondition(tubes.count == audio.count, "\(tubes.count) pictures and \(audio.count) sounds")
    let video = tubes.map { places in
      (0..<Self.steps).flatMap { step in places.map { step * Self.tubes + $0 } }
    }
    self.video = Hiding(tokens: Configuration.videoTokens, hidden: video)
    self.audio = Hiding(tokens: Configuration.audioTokens, hidden: audio)
  }

  /// Of some of the clips, at least one.
  public func clips(_ range: Range<Int>) -> PretrainingMask {
    PretrainingMask(video: video.sequences(range), audio: audio.sequences(range))
  }

  private init(video: Hiding, audio: Hiding) { (self.video, self.audio) = (video, audio) }

  /// Chosen by chance: the published parts are 90 of 100 tubes and 102 of 128 patches.
  public init(
    batch: Int, tubes: Int = 90, audio: Int = 102, using generator: inout some RandomNumberGenerator
  ) {
    var (video, sound): ([[Int]], [[Int]]) = ([], [])
    for _ in 0..<batch {
      video.append(Array((0..<Self.tubes).shuffled(using: &generator).prefix(tubes)))
      sound.append(Array((0..<Configuration.audioTokens).shuffled(using: &generator).prefix(audio)))
    }
    self.init(hiddenTubes: video, audio: sound)
  }
}
