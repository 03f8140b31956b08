internal import CFFmpeg

/// libavutil's forward real FFT in double precision (`av_tx`, AV_TX_DOUBLE_RDFT), with its buffers.
///
/// The one owner of the C context. Not `Sendable`: a context has scratch memory of its own.
final class RealFFT {
  let count: Int
  /// The `count` real samples to transform; their content is undefined after `run`.
  let input: UnsafeMutablePointer<Double>
  /// `count / 2 + 1` complex values, real and imaginary part in turn.
  let output: UnsafeMutablePointer<Double>
  private var context: OpaquePointer?
  private let transform: av_tx_fn

  init(count: Int) {
    var (context, transform): (OpaquePointer?, av_tx_fn?) = (nil, nil)
    var scale = 1.0
    let code = av_tx_init(&context, &transform, AV_TX_DOUBLE_RDFT, 0, Int32(count), &scale, 0)
    guard code >= 0, let transform else { fatalError("av_tx_init: no real FFT of \(count) points (error \(code))") }
    (self.count, self.context, self.transform) = (count, context, transform)
    // 64 bytes because av_tx asks for the processor's widest alignment.
    input = .init(Self.aligned(count))
    output = .init(Self.aligned(count + 2))
  }

  deinit {
    av_tx_uninit(&context)
    input.deallocate()
    output.deallocate()
  }

  func run() { transform(context, output, input, MemoryLayout<Double>.stride) }

  private static func aligned(_ count: Int) -> UnsafeMutablePointer<Double> {
    let raw = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<Double>.stride, alignment: 64)
    let doubles = raw.bindMemory(to: Double.self, capacity: count)
    doubles.initialize(repeating: 0, count: count)
    return doubles
  }
}
