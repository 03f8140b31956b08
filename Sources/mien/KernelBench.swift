import Files
internal import Media
import MienKit
internal import Networks
internal import Signal
internal import Tensor

/// What `mien bench --kernels` prints; the names are the JSON's keys.
struct KernelReport: Encodable {
  struct Line: Encodable {
    let kernel, shape: String
    /// In a window.
    let calls: Int
    /// Of one call, in microseconds; and of all calls of a window, in milliseconds.
    let us, windowMs: Double
    /// nil where the kernel is no product.
    let gflops: Double?

    enum CodingKeys: String, CodingKey {
      case kernel, shape, calls, us, gflops
      case windowMs = "window_ms"
    }

    init(_ kernel: String, shape: String, calls: Int, flop: Double, seconds: Double) {
      (self.kernel, self.shape, self.calls) = (kernel, shape, calls)
      us = (seconds * 1e7).rounded() / 10
      windowMs = (seconds * Double(calls) * 1e5).rounded() / 100
      gflops = flop > 0 ? (flop / seconds / 1e8).rounded() / 10 : nil
    }
  }

  /// `precision` is what ran, `asked` what was asked for.
  let size, precision, asked, kernels: String
  let threads: Int
  let lines: [Line]

  /// Measures: a fifth of a second a kernel.
  init(_ size: UntrainedSize, asked: String, _ packing: WeightPacking, threads: Int) {
    let measured = KernelBenchmark(size.sizes(outputs: 6), packing: packing, threads: threads)
    (self.size, self.asked, self.threads) = (size.rawValue, asked, threads)
    (precision, kernels) = (packing.precision.rawValue, packing.level.description)
    lines =
      measured.lines.map {
        Line(
          $0.kernel.name, shape: $0.kernel.shape, calls: $0.kernel.calls, flop: $0.kernel.flop, seconds: $0.seconds)
      } + Self.inputs
  }

  /// What makes a window of picture and sound, on one thread at any number of threads.
  private static var inputs: [Line] {
    let bank = FilterBank()
    let samples = (0..<FilterBank.samples).map { Float($0 % 37) / 37 - 0.5 }
    var row = [Float](repeating: 0, count: FilterBank.bins)
    let crop = CropBenchmark()
    return [
      Line(
        "filter bank", shape: "\(FilterBank.samples) samples", calls: WindowSchedule.rows, flop: 0,
        seconds: medianSeconds(span: 0.2) {
          samples.withUnsafeBufferPointer { input in row.withUnsafeMutableBufferPointer { bank.row(input, into: $0) } }
        }),
      Line(
        "crop", shape: crop.shape, calls: WindowSchedule.frames, flop: 0,
        seconds: medianSeconds(span: 0.2) { crop.run() }),
    ]
  }

  var table: String {
    func cell(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(width - text.count, 0)) + text
    }
    let rows =
      [("kernel", "shape", "calls", "µs", "GFLOP/s", "ms a window")]
      + lines.map {
        ($0.kernel, $0.shape, "\($0.calls)", "\($0.us)", $0.gflops.map { "\($0)" } ?? "", "\($0.windowMs)")
      }
    let body = rows.map { kernel, shape, calls, us, gflops, window in
      kernel + cell(shape, 38 - kernel.count) + cell(calls, 7) + cell(us, 10) + cell(gflops, 9) + cell(window, 13)
    }
    let run = precision + (asked == precision || asked == "auto" ? "" : " (asked: \(asked))")
    return (body + ["\(size), \(run), threads \(threads), kernels \(kernels)"]).joined(separator: "\n")
  }
}
