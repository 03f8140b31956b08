internal import Files
public import Networks
internal import Recognition
internal import Tensor

/// What an evaluation takes away from clips before a model answers.
public struct EvaluationConditions: Hashable, Sendable {
  /// The only head that answers is the one that rests on these modalities, and what it does not rest on is absent; nil: the
  /// best head for what is there.
  public var senses: Modalities?
  /// What windows lose by chance; nil: nothing.
  public var missing: MissingModalities?

  public init(senses: Modalities? = nil, missing: MissingModalities? = nil) {
    (self.senses, self.missing) = (senses, missing)
  }

  /// The head that answers where `present` is there; nil: there is no answer.
  func head(for present: Modalities, by rule: AnswerRule) -> Head? {
    guard let senses else { return rule.head(for: present) }
    return senses.isSubset(of: present) ? rule.heads.first { $0.modalities == senses } : nil
  }

  /// As they stand in a report.
  var members: [JSON.Member] {
    [
      .init("senses", .optional(senses?.description)),
      .init("missing", missing.map { ["video": .double($0.video), "audio": .double($0.audio)] } ?? .null),
      .init("seed", missing.map { .int($0.seed) } ?? .null),
    ]
  }
}

/// Modalities that windows lose by chance, so that it shows what a model makes of the rest.
///
/// Whether a window loses a modality follows from the seed, the clip's place in its list, the window's number and the
/// modality alone, so it is the same for every model. What a window loses at one chance it loses at every higher one.
public struct MissingModalities: Hashable, Sendable {
  /// The chances of a window, from 0 to 1.
  public var video, audio: Double
  public var seed: Int

  public init(video: Double = 0, audio: Double = 0, seed: Int = 0) {
    (self.video, self.audio, self.seed) = (video, audio, seed)
  }

  /// What a window loses.
  /// - Parameters:
  ///   - clip: its place in the list, from 0.
  ///   - window: of the clip, from 0.
  public func lost(clip: Int, window: Int) -> Modalities {
    func isLost(_ modality: Modality, _ chance: Double) -> Bool {
      var generator = SplitMix64(
        seed: UInt64(bitPattern: Int64(seed)), name: "missing \(modality.rawValue) \(clip) \(window)")
      return Double(generator.next() >> 11) / 0x1p53 < chance
    }
    return Modalities(video: isLost(.video, video), audio: isLost(.audio, audio))
  }
}
