package import Tensor

/// How fast a model runs on this machine, and how much of what OpenBLAS could do that is.
///
/// Windows and the yardstick, one plain `cblas_sgemm`, take turns, so that a busy machine slows both alike.
package struct Benchmark: Sendable {
  package let sizes: any NetworkSizes
  /// Those that the window has.
  package let modalities: Modalities
  package let threads: Int
  /// Rows of 10 ms between windows that share steps; nil: each was computed whole.
  package let hop: Int?
  package let level: KernelLevel
  /// What the model computed in.
  package let precision: Precision
  /// Of one window each, in the order measured; a first one, which sizes the memory, is left out.
  package let seconds: [Double]
  /// Of processors in each of them, all threads together: less than `seconds`, on one thread, where the window had to
  /// wait for others.
  package let processorSeconds: [Double]
  /// GFLOP/s of each product on one thread.
  package let yardsticks: [Double]
  /// The first head's that answers the window, of the first window: what tells whether two programs computed the same.
  package let logits: [Float]

  /// Runs one window `runs` times. Takes runs times half a second for the base model on one thread.
  ///
  /// - Parameters:
  ///   - network: with a head for these modalities.
  ///   - threads: that share a window.
  ///   - runs: windows that are timed.
  ///   - modalities: those that the window has; nil: all that the network looks at.
  ///   - window: what is run, normalised; noise where it is nil.
  ///   - hop: rows of 10 ms from a window to the next one, of which the engine is told what it has seen before, as in a
  ///     stream; nil: nothing is known of any window's steps.
  package init(
    _ network: any Network, threads: Int, runs: Int, modalities: Modalities? = nil, window: NetworkInput? = nil,
    hop: Int? = nil
  ) {
    precondition(runs >= 1, "a benchmark of \(runs) runs")
    (sizes, self.threads, self.hop) = (network.sizes, threads, hop)
    let present = (modalities ?? network.sizes.modalities).intersection(network.sizes.modalities)
    self.modalities = present
    let engine = network.engine(EngineOptions(threads: threads))
    level = engine.operations.level
    precision = network.packing?.precision ?? .f32
    var generator = SplitMix64(seed: 0)
    func noise(_ shape: InputShape) -> FloatBuffer {
      let buffer = FloatBuffer(count: shape.count)
      for index in 0..<buffer.count { buffer.base[index] = generator.symmetric() }
      return buffer
    }
    let video = sizes.inputs.video.map { window?.video ?? noise($0) }
    let audio = sizes.inputs.audio.map { window?.audio ?? noise($0) }
    var input = NetworkInput(video: present.hasVideo ? video : nil, audio: present.hasAudio ? audio : nil)
    let outputs = sizes.heads.map { FloatBuffer(count: $0.outputs) }
    let answering = sizes.heads.firstIndex { $0.modalities.isSubset(of: present) }
    input.onlyHead = answering
    let yardstick = MatrixProduct.Yardstick()

    input.steps = sizes.inputs.steps(ofWindow: 0, hop: hop)
    engine.answer(input, into: outputs)
    logits = answering.map { outputs[$0].array } ?? []
    _ = yardstick.seconds()
    var (seconds, processorSeconds): ([Double], [Double]) = ([], [])
    var yardsticks: [Double] = []
    for run in 1...runs {
      input.steps = sizes.inputs.steps(ofWindow: run, hop: hop)
      // Several, because one is forty times shorter than a window.
      for _ in 0..<5 { yardsticks.append(MatrixProduct.Yardstick.flop / yardstick.seconds() / 1e9) }
      let (start, spent) = (monotonicSeconds(), processorSecondsSpent())
      engine.answer(input, into: outputs)
      seconds.append(monotonicSeconds() - start)
      processorSeconds.append(processorSecondsSpent() - spent)
    }
    (self.seconds, self.processorSeconds) = (seconds, processorSeconds)
    self.yardsticks = yardsticks
  }

  package var median: Double { Self.median(of: seconds) }
  package var best: Double { seconds.min() ?? 0 }
  package var p95: Double { Self.quantile(0.95, of: seconds) }
  /// GFLOP/s of `cblas_sgemm` on one thread, the median.
  package var sgemm: Double { Self.median(of: yardsticks) }
  /// A window's GFLOP/s, per thread, over those of `cblas_sgemm`.
  package var share: Double { sizes.gigaflops / median / Double(threads) / sgemm }

  /// The middle one, of an even count the mean of the two in the middle.
  package static func median(of values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    return (sorted[(values.count - 1) / 2] + sorted[values.count / 2]) / 2
  }

  /// The value below which a part `q` of them lies: the nearest rank.
  package static func quantile(_ q: Double, of values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let rank = Int((q * Double(values.count)).rounded(.up))
    return values.sorted()[min(max(rank, 1), values.count) - 1]
  }
}

extension InputShapes {
  /// What a stream would know of the steps of a window that begins `index` hops after the first one; rows are its unit of
  /// time, and a window has 256 of them.
  fileprivate func steps(ofWindow index: Int, hop: Int?) -> WindowSteps {
    guard let hop else { return WindowSteps() }
    var steps = WindowSteps()
    if case .pictures(let frames, _)? = video {
      steps.frames = (0..<frames).map { StepKey(place: index * hop + $0 * 256 / frames) }
    }
    if case .spectrogram(let rows, _)? = audio {
      (steps.firstRow, steps.finalRows) = (StepKey(place: index * hop), rows)
    }
    return steps
  }
}
