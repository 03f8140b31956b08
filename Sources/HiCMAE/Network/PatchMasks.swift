public import Networks
public import Tensor

/// How many patches pre-training hides, and by chance which.
public struct PatchMasks: Hashable, Sendable {
  /// Hidden ones of the 100 places of a frame, and of the 128 patches of the spectrogram.
  public var hiddenTubes, hiddenAudio: Int

  /// Shares are truncated: 0.9 and 0.8 hide 90 and 102, as published.
  public init(video: Double = 0.9, audio: Double = 0.8) {
    precondition((0..<1).contains(video) && (0..<1).contains(audio), "masking \(video) and \(audio)")
    hiddenTubes = Int(video * Double(PretrainingMask.tubes))
    hiddenAudio = Int(audio * Double(Configuration.audioTokens))
  }

  /// The same share of both modalities, rounded down, but at least one patch.
  public init(percent: Int) {
    precondition((1...99).contains(percent), "hiding \(percent) %")
    self.init()
    hiddenTubes = percent * PretrainingMask.tubes / 100
    hiddenAudio = percent * Configuration.audioTokens / 100
  }

  /// The hidden places of a frame, the same at every time step: tubes. In the order of the draw.
  public func tubes(_ random: inout RandomStream) -> [Int] {
    Array(random.permutation(PretrainingMask.tubes).prefix(hiddenTubes))
  }

  /// The hidden patches of the spectrogram, whose order is time, mel. In the order of the draw.
  public func audio(_ random: inout RandomStream) -> [Int] {
    Array(random.permutation(Configuration.audioTokens).prefix(hiddenAudio))
  }

  /// What is hidden of clips, each by its own key.
  ///
  /// - Parameters:
  ///   - keys: one for each clip.
  ///   - modalities: of the clips. A mask always has both; of a modality that is not there it hides the first place, and
  ///     no network reads that.
  public func mask(_ keys: [RandomKey], _ modalities: Modalities) -> PretrainingMask {
    PretrainingMask(
      hiddenTubes: keys.map { key in
        var random = key.stream(.videoMask)
        return modalities.hasVideo ? tubes(&random) : [0]
      },
      audio: keys.map { key in
        var random = key.stream(.audioMask)
        return modalities.hasAudio ? audio(&random) : [0]
      })
  }
}
