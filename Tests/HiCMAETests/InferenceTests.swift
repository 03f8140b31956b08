import HiCMAE
import Layers
import Tensor
import TestSupport
import Testing

@Suite struct InferenceTests {
  /// Plain weights, and packed ones of every precision at every level.
  static let packings: [WeightPacking?] =
    [nil]
    + KernelLevel.available.flatMap { level in
      Precision.available(at: level).map { WeightPacking($0, level: level) }
    }

  /// The same bits at 1, 2 and 3 threads, alone and from a used memory.
  @Test(arguments: packings) func threadsDoNotMatter(packing: WeightPacking?) {
    let model = HiCMAEModel(
      Configuration(dim: 128, videoDepth: 2, audioDepth: 3, fusionDepth: 2, outputs: 7), seed: 11, packing: packing)
    let video = Hashed.video(seed: "threads", batch: 1)
    let audio = Hashed.audio(seed: "threads", batch: 1)
    let logits = (1...3).map { threads in
      let inference = Inference(model: model, threads: threads, level: packing?.level ?? .best)
      let result = FloatBuffer(count: 7)
      inference.logits(video: video, audio: audio, into: result)
      let first = result.array.map(\.bitPattern)
      for _ in 0..<3 {
        inference.logits(video: video, audio: audio, into: result)
        #expect(result.array.map(\.bitPattern) == first, "\(threads) threads differ from themselves")
      }
      return first
    }
    #expect(Set(logits[0]).count == 7)
    #expect(logits[1] == logits[0], "2 threads differ from 1")
    #expect(logits[2] == logits[0], "3 threads differ from 1")
  }

  /// Kernels of every level agree, and with them every result.
  @Test func levelsAgree() {
    let model = HiCMAEModel(Configuration(dim: 64, videoDepth: 2, audioDepth: 1, fusionDepth: 1, outputs: 4), seed: 1)
    let video = Hashed.video(seed: "levels", batch: 1)
    let audio = Hashed.audio(seed: "levels", batch: 1)
    var worst = WorstDifference()
    let reference = FloatBuffer(count: 4)
    let found = FloatBuffer(count: 4)
    Inference(model: model, level: .reference).logits(video: video, audio: audio, into: reference)
    for level in KernelLevel.available {
      Inference(model: model, level: level).logits(video: video, audio: audio, into: found)
      for index in 0..<4 {
        worst.see("\(level), logit \(index)", Double(found.base[index]), Double(reference.base[index]))
      }
    }
    #expect(worst.value < 1e-5, "\(worst)")
  }

  /// Silence makes patches of equal values, whose rounding errors would add up: they become tokens in f32 in any case.
  @Test(arguments: Precision.available()) func spectrogramsBecomeTokensExactly(precision: Precision) throws {
    let sizes = Configuration(dim: 128, videoDepth: 0, audioDepth: 1, fusionDepth: 0, outputs: 2)
    let values = Hashed.audio(seed: "tokens", batch: 1)
    for place in 0..<values.count / 2 { values.base[place] = -1.2767 }
    let audio = Matrix(values, rows: 1, columns: values.count)
    let tokens = try [Precision.f32, precision].map { precision in
      let packing = WeightPacking(precision)
      let encoder = try #require(HiCMAEModel(sizes, seed: 3, packing: packing).backbone.audio)
      let operations = Operations(packing: packing)
      return withExtendedLifetime(operations) { encoder.embedding(audio, operations).array.map(\.bitPattern) }
    }
    #expect(tokens[0] == tokens[1])
  }

  /// Packed weights of every precision answer as plain ones do.
  @Test(arguments: Precision.available()) func precisionsAgree(precision: Precision) {
    let sizes = Configuration(dim: 128, videoDepth: 2, audioDepth: 3, fusionDepth: 1, outputs: 5)
    let video = Hashed.video(seed: "precisions", batch: 1).array
    let audio = Hashed.audio(seed: "precisions", batch: 1).array
    let plain = Inference(model: HiCMAEModel(sizes, seed: 3)).logits(video: video, audio: audio)
    let packed = Inference(model: HiCMAEModel(sizes, seed: 3, packing: WeightPacking(precision))).logits(
      video: video, audio: audio)
    var worst = WorstDifference()
    for index in 0..<5 { worst.see("logit \(index)", Double(packed[index]), Double(plain[index])) }
    let allowed: Double =
      switch precision {
      case .f32: 1e-5
      case .bf16: 0.03
      case .int8: 0.06
      }
    #expect(worst.value < allowed, "\(precision): \(worst)")
    #expect(precision == .f32 || worst.value > 0, "\(precision) rounds nothing")
    print("\(precision): \(worst)")
  }

  /// A batch gives what its windows give.
  @Test func batchesAreWindows() {
    let model = HiCMAEModel(Configuration(dim: 64, videoDepth: 1, audioDepth: 2, fusionDepth: 1, outputs: 3), seed: 2)
    let video = Hashed.video(seed: "batch", batch: 2).array
    let audio = Hashed.audio(seed: "batch", batch: 2).array
    let inference = Inference(model: model)
    let together = FloatBuffer(count: 6)
    inference.logits(video: FloatBuffer(video), audio: FloatBuffer(audio), into: together)
    for window in 0..<2 {
      let alone = inference.logits(
        video: Array(video[window * video.count / 2..<(window + 1) * video.count / 2]),
        audio: Array(audio[window * audio.count / 2..<(window + 1) * audio.count / 2]))
      for index in 0..<3 { #expect(abs(alone[index] - together.array[window * 3 + index]) < 1e-5) }
    }
  }

  /// Damage in the input is not hidden.
  @Test(arguments: packings) func notANumberStaysSo(packing: WeightPacking?) {
    let model = HiCMAEModel(
      Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 3), seed: 2, packing: packing)
    let video = Hashed.video(seed: "nan", batch: 1)
    let audio = Hashed.audio(seed: "nan", batch: 1)
    video.base[1000] = .nan
    let logits = Inference(model: model, level: packing?.level ?? .best).logits(video: video.array, audio: audio.array)
    #expect(logits.allSatisfy { $0.isNaN })
  }

  /// After the first window nothing is allocated: neither by the arena nor on the heap. In a process of its own,
  /// because the heap's counters are the process's.
  @Test func allocatesNothingAfterTheFirstWindow() async {
    await #expect(processExitsWith: .success) {
      let video = Hashed.video(seed: "memory", batch: 1)
      let audio = Hashed.audio(seed: "memory", batch: 1)
      let logits = FloatBuffer(count: 3)
      for packing in InferenceTests.packings {
        let model = HiCMAEModel(
          Configuration(dim: 64, videoDepth: 2, audioDepth: 1, fusionDepth: 1, outputs: 3), seed: 2, packing: packing)
        let inference = Inference(model: model, threads: 2, level: packing?.level ?? .best)
        for _ in 0..<2 { inference.logits(video: video, audio: audio, into: logits) }
        // On a busy machine a thread of the pool comes to its first tile, and to memory of its own, windows later.
        let settles = (0..<10).contains { _ in
          let before = (inference.operations.arena.growth, Arena.heapInUse)
          for _ in 0..<3 { inference.logits(video: video, audio: audio, into: logits) }
          return (inference.operations.arena.growth, Arena.heapInUse) == before
        }
        precondition(settles, "windows go on taking memory")
      }
    }
  }
}
