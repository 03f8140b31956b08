internal import Glibc

/// Log-mel filter bank energies as Kaldi's `compute-fbank-feats` defines them, with the settings below.
///
/// One row looks at 400 samples (25 ms at 16 kHz): DC removed, pre-emphasis 0.97, Hanning window, 512-point FFT, power,
/// 128 triangles in mel from 20 Hz to 8 kHz, natural log floored at float32's epsilon. No dither, no energy.
/// Rows are what a sample line gives; where they lie is `SlidingSpectrogram`'s and `spectrogram(of:)`'s business.
///
/// Not `Sendable`: it holds scratch memory. Use one per thread; two give the same bits.
public final class FilterBank {
  /// Samples in a row: 25 ms.
  public static let samples = 400
  /// Samples from one row to the next: 10 ms.
  public static let shift = 160
  /// Values in a row.
  public static let bins = 128
  static let points = 512
  static let preemphasis = 0.97

  private let fft = RealFFT(count: points)
  private let window: [Double]
  /// Per mel bin: the first FFT bin under its triangle, and the triangle's heights from there.
  private let triangles: [(first: Int, weights: Range<Int>)]
  private let weights: [Double]
  private var power = [Double](repeating: 0, count: points / 2)

  public init() {
    window = (0..<Self.samples).map { 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(Self.samples - 1)) }
    func mel(_ hertz: Double) -> Double { 1127 * log(1 + hertz / 700) }
    let (low, high) = (mel(20), mel(8000))
    let step = (high - low) / Double(Self.bins + 1)
    var (triangles, weights): ([(Int, Range<Int>)], [Double]) = ([], [])
    for bin in 0..<Self.bins {
      let (left, right) = (low + Double(bin) * step, low + Double(bin + 2) * step)
      let begin = weights.count
      var first = 0
      // The Nyquist bin is left out, as Kaldi does.
      for k in 0..<Self.points / 2 {
        let m = mel(Double(k) * Double(AudioChunk.rate) / Double(Self.points))
        let height = min((m - left) / step, (right - m) / step)
        guard height > 0 else { continue }
        if weights.count == begin { first = k }
        weights.append(height)
      }
      triangles.append((first, begin..<weights.count))
    }
    (self.triangles, self.weights) = (triangles, weights)
  }

  /// 400 samples to 128 log energies.
  public func row(_ samples: UnsafeBufferPointer<Float>, into row: UnsafeMutableBufferPointer<Float>) {
    precondition(samples.count == Self.samples && row.count == Self.bins, "a row is 400 samples and 128 values")
    var sum = 0.0
    for x in samples { sum += Double(x) }
    let mean = sum / Double(Self.samples)
    let input = fft.input
    // Kaldi repeats the first sample before the first.
    var before = Double(samples[0]) - mean
    for i in 0..<Self.samples {
      let x = Double(samples[i]) - mean
      input[i] = (x - Self.preemphasis * before) * window[i]
      before = x
    }
    (input + Self.samples).update(repeating: 0, count: Self.points - Self.samples)
    fft.run()
    let output = fft.output
    for k in 0..<power.count { power[k] = output[2 * k] * output[2 * k] + output[2 * k + 1] * output[2 * k + 1] }
    for (bin, triangle) in triangles.enumerated() {
      var energy = 0.0
      var k = triangle.first
      for w in triangle.weights {
        energy += weights[w] * power[k]
        k += 1
      }
      row[bin] = Float(log(max(energy, Double(Float.ulpOfOne))))
    }
  }

  /// All rows of a clip that fit whole: n samples give 1 + (n − 400) / 160 rows of 128 values, or none.
  public func spectrogram(of samples: [Float]) -> (rows: Int, values: [Float]) {
    let rows = samples.count < Self.samples ? 0 : 1 + (samples.count - Self.samples) / Self.shift
    let values = [Float](unsafeUninitializedCapacity: rows * Self.bins) { out, count in
      samples.withUnsafeBufferPointer { samples in
        for r in 0..<rows {
          row(
            .init(rebasing: samples[r * Self.shift..<r * Self.shift + Self.samples]),
            into: .init(rebasing: out[r * Self.bins..<(r + 1) * Self.bins]))
        }
      }
      count = rows * Self.bins
    }
    return (rows, values)
  }
}
