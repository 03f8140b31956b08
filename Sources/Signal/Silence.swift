/// Sound in which there is nothing to hear: a microphone that is muted, a track that nothing was recorded to, channels that
/// cancel each other. Lists of clips and streams of windows have this one rule.
public enum Silence {
  /// A thousandth of the largest sample that there is, -60 dBFS.
  public static let limit: Float = 0.001

  /// - Parameter peak: the largest magnitude of a stretch of sound.
  /// - Returns: whether no sample of it reaches the limit.
  public static func isSilent(peak: Float) -> Bool { peak < limit }

  /// Whether no sample reaches the limit.
  public static func isSilent(_ samples: some Sequence<Float>) -> Bool { !samples.contains { abs($0) >= limit } }
}
