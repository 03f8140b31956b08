internal import CKernels
internal import Glibc

/// What a step of AdamW does to a run of values with the same settings.
package struct AdamWStep: Sendable {
  /// Learning rate, and weight decay in units of it.
  package var rate, decay: Double
  /// The decay rates of both moments.
  package var beta1, beta2: Double
  package var epsilon: Double
  /// This step's number, from 1.
  package var step: Int
  /// What gradients are multiplied with first, for clipping.
  package var gradientFactor: Double

  package init(
    rate: Double, decay: Double, beta1: Double, beta2: Double, epsilon: Double, step: Int, gradientFactor: Double = 1
  ) {
    (self.rate, self.decay, self.beta1, self.beta2) = (rate, decay, beta1, beta2)
    (self.epsilon, self.step, self.gradientFactor) = (epsilon, step, gradientFactor)
  }
}

extension Operations {
  /// One step for the values in `range` of four buffers of the same length: changes `values` and both moments.
  package func adamW(
    _ settings: AdamWStep, values: FloatBuffer, gradients: FloatBuffer, first: FloatBuffer, second: FloatBuffer,
    range: Range<Int>
  ) {
    precondition([values, gradients, first, second].allSatisfy { range.upperBound <= $0.count }, "no such values")
    func power(_ base: Double) -> Double { pow(base, Double(settings.step)) }
    let constants = ckernels_adamw(
      b1: Float(settings.beta1), b2: Float(settings.beta2), epsilon: Float(settings.epsilon),
      rate: Float(settings.rate / (1 - power(settings.beta1))), shrink: Float(1 - settings.rate * settings.decay),
      spread: Float(1 / (1 - power(settings.beta2)).squareRoot()), gradient_factor: Float(settings.gradientFactor))
    let chunk = 1 << 16
    let job = AdamWTiles(
      chunk: chunk, count: range.count, x: values.base + range.lowerBound, dx: gradients.base + range.lowerBound,
      m: first.base + range.lowerBound, v: second.base + range.lowerBound, constants: constants, kernel: kernels.adamw)
    withExtendedLifetime((values, gradients, first, second)) {
      pool.parallel((range.count + chunk - 1) / chunk, job) { job, tile, _ in job.load(as: AdamWTiles.self).run(tile) }
    }
  }
}

private struct AdamWTiles {
  let chunk, count: Int
  let x: UnsafeMutablePointer<Float>
  let dx: UnsafePointer<Float>
  let m, v: UnsafeMutablePointer<Float>
  let constants: ckernels_adamw
  let kernel:
    @convention(c) (
      UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?,
      Int, UnsafePointer<ckernels_adamw>?
    ) -> Void

  func run(_ tile: Int) {
    let start = tile * chunk
    withUnsafePointer(to: constants) {
      kernel(x + start, dx + start, m + start, v + start, min(chunk, count - start), $0)
    }
  }
}
