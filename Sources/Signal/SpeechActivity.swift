/// How much of a window sounds like speech: a pure function of its spectrogram.
///
/// Within a tenth of a second of speech the shape of the spectrum changes, while it stays louder than the background. Room
/// noise, hum and fans keep their shape, however loud they are and however their level changes. A click is too short. Digital
/// silence does not change at all. Nothing is kept from window to window, so a window's share depends on its samples alone.
public enum SpeechActivity {
  /// Bins from 200 to 4000 Hz, in bands: single bins are noisy.
  private static let bands = (0..<16).map { 11 + $0 * 86 / 16..<11 + ($0 + 1) * 86 / 16 }
  /// Rows that an event has to last, 10 ms each: a shorter one counts as the background around it.
  private static let shortest = 5
  /// Rows between two shapes that are compared.
  private static let lag = 8
  /// How far speech is above the background, and how far two shapes of speech lie apart, both in nats of a band's mean.
  private static let (loudness, change): (Float, Float) = (0.7, 0.8)
  /// Where the background stands among the rows in the order of their energy.
  private static let background = 0.1
  /// The logarithm of no energy.
  private static let nothing: Float = -15.95

  /// - Parameter spectrogram: 256 × 128 log-mel values, row-major, not normalised; rows of zeros do not exist.
  /// - Returns: the share of the window's time with speech, 0 to 1. Pauses and steady sounds do not count, so it is far below
  ///   1 also where somebody speaks without a pause.
  public static func share(of spectrogram: [Float]) -> Double {
    let (rows, width) = (spectrogram.count / FilterBank.bins, bands.count)
    guard rows > lag else { return 0 }
    var shapes = averages(spectrogram, rows)
    // The smallest of some neighbours, and then the largest of these: what is left lasts as long as they do.
    shapes = extremes(extremes(shapes, rows, min), rows, max)
    var energies = [Float](repeating: 0, count: rows)
    for row in 0..<rows {
      for band in 0..<width { energies[row] += shapes[row * width + band] }
      energies[row] /= Float(width)
      for band in 0..<width { shapes[row * width + band] -= energies[row] }
    }
    let least = energies.sorted()[Int(Double(rows) * background)] + loudness
    var count = 0
    for row in lag..<rows where energies[row] > least && energies[row - lag] > least {
      var distance: Float = 0
      for band in 0..<width { distance += abs(shapes[row * width + band] - shapes[(row - lag) * width + band]) }
      if distance > change * Float(width) { count += 1 }
    }
    return Double(count) / Double(rows - lag)
  }

  /// Rows × bands.
  private static func averages(_ spectrogram: [Float], _ rows: Int) -> [Float] {
    var shapes = [Float](repeating: nothing, count: rows * bands.count)
    for row in 0..<rows {
      let first = row * FilterBank.bins
      guard spectrogram[first..<first + FilterBank.bins].contains(where: { $0 != 0 }) else { continue }
      for (band, bins) in bands.enumerated() {
        var sum: Float = 0
        for bin in bins { sum += spectrogram[first + bin] }
        shapes[row * bands.count + band] = sum / Float(bins.count)
      }
    }
    return shapes
  }

  /// The extreme of each band over neighbouring rows.
  private static func extremes(_ values: [Float], _ rows: Int, _ extreme: (Float, Float) -> Float) -> [Float] {
    let width = bands.count
    var found = values
    for row in 0..<rows {
      for near in max(row - shortest / 2, 0)...min(row + shortest / 2, rows - 1) {
        for band in 0..<width {
          found[row * width + band] = extreme(found[row * width + band], values[near * width + band])
        }
      }
    }
    return found
  }
}
