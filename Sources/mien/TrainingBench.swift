internal import ArgumentParser
import Files
import MienKit
internal import Networks
internal import Tensor
internal import Training

/// Which training `mien bench --train` times.
enum TrainingTask: String, ExpressibleByArgument, CaseIterable {
  case pretrain, finetune

  /// Times `steps` steps of it.
  func benchmark(
    _ size: UntrainedSize, batch: Int, threads: Int, precision: Precision, steps: Int
  ) throws -> TrainingBenchmark {
    switch self {
    case .pretrain:
      let fresh = try trainable(size.sizes(outputs: 0))
      let sizes: any PretrainableSizes
      do { sizes = try fresh.pretraining(PretrainingRequest(modalities: fresh.modalities)) } catch {
        throw Failure(.usage, "--train pretrain: \(error)")
      }
      return try sizes.benchmark(batch: batch, threads: threads, precision: precision, steps: steps)
    case .finetune:
      let fresh = try trainable(size.sizes(outputs: 6))
      let sizes = fresh.fineTuning(FineTuningRequest(outputs: 6, modalities: fresh.modalities))
      return try TrainingBenchmark(sizes, batch: batch, threads: threads, precision: precision, steps: steps)
    }
  }
}

/// What `mien bench --train` prints; the names are the JSON's keys.
struct TrainingReport: Encodable {
  let train, size, precision, kernels: String
  let threads, batch, runs, parameters: Int
  let clipsPerS, medianMs, minMs, peakMb, loss: Double

  enum CodingKeys: String, CodingKey {
    case train, size, precision, kernels, threads, batch, runs, parameters, loss
    case clipsPerS = "clips_per_s"
    case medianMs = "median_ms"
    case minMs = "min_ms"
    case peakMb = "peak_mb"
  }

  init(
    _ task: TrainingTask, _ size: UntrainedSize, _ precision: Precision, _ measured: TrainingBenchmark,
    peakMebibytes: Double
  ) {
    func rounded(_ value: Double, _ digits: Double) -> Double { (value * digits).rounded() / digits }
    (train, self.size, self.precision) = (task.rawValue, size.rawValue, precision.rawValue)
    kernels = measured.level.description
    (threads, batch, runs) = (measured.threads, measured.batch, measured.seconds.count)
    parameters = measured.parameterCount
    clipsPerS = rounded(measured.clipsPerSecond, 10_000)
    medianMs = rounded(measured.median * 1e3, 100)
    minMs = rounded(measured.best * 1e3, 100)
    peakMb = rounded(peakMebibytes, 10)
    loss = rounded(measured.loss, 1e6)
  }

  var table: String {
    """
    speed       \(clipsPerS) clips/s
    step        \(medianMs) ms (median of \(runs)), best \(minMs) ms, \(batch) clips
    model       \(size), \(parameters) parameters, \(train), \(precision)
    threads     \(threads), kernels \(kernels)
    memory      \(peakMb) MB at the peak
    """
  }
}
