/// Turns log-mel rows into a model's audio input; no signal processing here.
public enum Spectrogram {
  /// Mean and standard deviation of AudioSet's log-mel values.
  public static let mean: Float = -4.2677393
  public static let deviation: Float = 4.5689974
  /// Values of a model's input: 256 rows of 128.
  public static let count = WindowSchedule.rows * FilterBank.bins

  /// Cut, or padded with zeros **before** normalising (so a missing row is not the level of silence), to 256 rows;
  /// then (x − mean) / (2 · deviation), as the published code does it.
  public static func normalized(_ values: [Float]) -> [Float] {
    (0..<count).map { ((($0 < values.count ? values[$0] : 0) - mean) / (2 * deviation)) }
  }
}
