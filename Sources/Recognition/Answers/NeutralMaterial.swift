public import Models
public import Networks
internal import Signal

/// What a model answers for one person who is neutral, collected from the lines of a recording. A pure value.
public struct NeutralMaterial: Sendable {
  /// Seconds of a face, or of a voice, below which nothing is kept: less may be of one grimace or one word.
  public static let least = 5.0

  /// By head.
  public private(set) var baseline = PersonBaseline()
  /// Seconds with a face, and with a voice that speaks, that some head could answer from.
  public private(set) var faceSeconds = 0.0
  public private(set) var voiceSeconds = 0.0

  public init() {}

  /// Takes the lines that one head gave, in their order.
  /// - Parameters:
  ///   - lines: of a model that has this head alone, and no baseline.
  ///   - head: that answered them.
  public mutating func take(_ lines: [EmotionResult], of head: Head) {
    var last: Instant?
    var seconds = 0.0
    for line in lines {
      guard let estimate = line.estimate, !head.modalities.hasAudio || isHeard(line) else { continue }
      // Windows overlap, and each second counts once.
      let fresh = last.map { min(line.start - $0, WindowSchedule.length) } ?? WindowSchedule.length
      last = line.start
      seconds += fresh.seconds
      baseline.add(estimate.outputs, of: head.name, seconds: fresh.seconds)
    }
    if head.modalities.hasVideo { faceSeconds = max(faceSeconds, seconds) }
    if head.modalities.hasAudio { voiceSeconds = max(voiceSeconds, seconds) }
  }

  /// A head that needs audio may answer from a silent room, too; that is no voice.
  private func isHeard(_ line: EmotionResult) -> Bool { line.speech.map { $0 >= SpeechGate.entering } ?? true }

  /// What there is too little of; empty: there is enough.
  /// - Parameter wanted: what was there to be seen or heard.
  public func lacking(_ wanted: Modalities) -> Modalities {
    Modalities(
      video: wanted.hasVideo && faceSeconds < Self.least, audio: wanted.hasAudio && voiceSeconds < Self.least)
  }
}
