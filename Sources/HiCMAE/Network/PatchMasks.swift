public import Networks
public import Tensor

/// Which patches pre-training hides; true is hidden.
public struct PatchMasks: Hashable, Sendable {
  /// Time steps, rows and columns of video tokens, and tokens of the spectrogram.
  public static let (steps, positions, audioTokens) = (8, 100, 128)

  /// Hidden of the 100 positions of a frame, and of the 128 patches of the spectrogram.
  public var hiddenPositions, hiddenAudio: Int

  /// Shares are truncated: 0.9 and 0.8 hide 90 and 102, as published.
  public init(video: Double = 0.9, audio: Double = 0.8) {
    precondition((0..<1).contains(video) && (0..<1).contains(audio), "masking \(video) and \(audio)")
    hiddenPositions = Int(video * Double(Self.positions))
    hiddenAudio = Int(audio * Double(Self.audioTokens))
  }

  /// The same share of both modalities, rounded down, but at least one patch.
  public init(percent: Int) {
    precondition((1...99).contains(percent), "hiding \(percent) %")
    self.init()
    hiddenPositions = percent * Self.positions / 100
    hiddenAudio = percent * Self.audioTokens / 100
  }

  /// 800 tokens in the order time, row, column: tubes, the same positions at every time step.
  public func video(_ random: inout RandomStream) -> [Bool] {
    let frame = Self.mask(hiddenPositions, of: Self.positions, &random)
    return (0..<Self.steps).flatMap { _ in frame }
  }

  /// 128 tokens in the order time, mel.
  public func audio(_ random: inout RandomStream) -> [Bool] { Self.mask(hiddenAudio, of: Self.audioTokens, &random) }

  /// What is hidden of clips, each by its own key.
  ///
  /// - Parameters:
  ///   - keys: one for each clip.
  ///   - modalities: of the clips. Of a modality that is not there something must be hidden; nobody looks.
  public func mask(_ keys: [RandomKey], _ modalities: Modalities) -> PretrainingMask {
    var (tubes, patches): ([[Int]], [[Int]]) = ([], [])
    for key in keys {
      var (first, second) = (key.stream(.videoMask), key.stream(.audioMask))
      let (video, audio) = (self.video(&first), self.audio(&second))
      // A tube is the same at every time step, so the first one tells it.
      tubes.append(modalities.hasVideo ? (0..<Self.positions).filter { video[$0] } : [0])
      patches.append(modalities.hasAudio ? audio.indices.filter { audio[$0] } : [0])
    }
    return PretrainingMask(hiddenTubes: tubes, audio: patches)
  }

  private static func mask(_ hidden: Int, of count: Int, _ random: inout RandomStream) -> [Bool] {
    var mask = [Bool](repeating: false, count: count)
    for index in random.permutation(count).prefix(hidden) { mask[index] = true }
    return mask
  }
}
