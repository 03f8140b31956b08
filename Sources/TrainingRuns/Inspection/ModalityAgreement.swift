/// How well picture and sound of the same clips lie together: what contrast trains, as numbers.
public struct ModalityAgreement: Hashable, Sendable {
  public let clips: Int
  /// Mean cosine similarity of picture and sound of the same clip, and of different clips; nil with fewer than two clips.
  public let matching: Double
  public let others: Double?
  /// The share of clips whose sound is the one most like their picture, of all sounds. Ties are misses.
  public let recall: Double

  /// What guessing would find.
  public var chance: Double { 1 / Double(clips) }

  /// - Parameters:
  ///   - video: a row a clip, at least one, of the same width. A row of zeros is like nothing.
  ///   - audio: likewise.
  public init(video: [[Float]], audio: [[Float]]) {
    precondition(!video.isEmpty && video.count == audio.count, "\(video.count) pictures and \(audio.count) sounds")
    let (seen, heard) = (video.map(Self.unit), audio.map(Self.unit))
    clips = seen.count
    var (same, other, hits) = (0.0, 0.0, 0)
    for (place, picture) in seen.enumerated() {
      let likeness = heard.map { sound in zip(picture, sound).reduce(0) { $0 + $1.0 * $1.1 } }
      same += likeness[place]
      other += likeness.reduce(0, +) - likeness[place]
      hits += likeness.indices.allSatisfy { $0 == place || likeness[$0] < likeness[place] } ? 1 : 0
    }
    let count = Double(clips)
    matching = same / count
    others = clips > 1 ? other / (count * (count - 1)) : nil
    recall = Double(hits) / count
  }

  /// Of length 1.
  static func unit(_ row: [Float]) -> [Double] {
    let length = row.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return row.map { length > 0 ? Double($0) / length : 0 }
  }
}
