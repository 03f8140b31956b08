import Clips
import Signal
import Tensor
import Testing

/// A frame's index is its content here.
@Suite struct SamplingTests {
  private func stream(_ seed: UInt64 = 1) -> RandomStream { RandomStream(seed: seed) }

  @Test func pretrainingTakesEveryFourthFrameFromARandomStart() throws {
    var starts: Set<Int> = []
    for seed in 0..<400 as Range<UInt64> {
      var random = stream(seed)
      let view = try #require(TrainingSampling.pretraining.view(frames: 70, samples: 70 * 640, random: &random))
      let start = view.frames[0]
      starts.insert(start)
      #expect(view.frames == (0..<16).map { start + 4 * $0 })
      // From the first frame's start to the end of the fourth after the last: 65 frames of 640 samples, or the clip's end.
      #expect(view.samples == start * 640..<min(start + 65, 70) * 640)
    }
    #expect(starts == Set(0...6))
  }

  @Test func aShortClipRepeatsAFrame() throws {
    var random = stream()
    let view = try #require(TrainingSampling.pretraining.view(frames: 30, samples: 30 * 640, random: &random))
    // Published: a step is made only to a frame that is not the last.
    #expect(view.frames == [0, 4, 8, 12, 16, 20, 24] + [Int](repeating: 28, count: 9))
    #expect(view.samples == 0..<30 * 640)
    for frames in 1...64 {
      for sampling in [TrainingSampling.pretraining, .finetuning] {
        let view = try #require(sampling.view(frames: frames, samples: 20_000, random: &random))
        #expect(view.frames.count == 16 && view.frames == view.frames.sorted())
        // Published: of fewer than 4 frames fine-tuning takes the last alone.
        #expect(view.frames[0] == (sampling == .finetuning && frames < 4 ? frames - 1 : 0))
        #expect(view.frames[15] < frames && view.samples.upperBound <= 20_000)
      }
    }
  }

  @Test func finetuningSpreadsSixteenOverSixtyFour() throws {
    var ends: Set<Int> = []
    for seed in 0..<400 as Range<UInt64> {
      var random = stream(seed)
      let view = try #require(TrainingSampling.finetuning.view(frames: 71, samples: 70_000, random: &random))
      let first = view.frames[0]
      ends.insert(first + 64)
      // NumPy: linspace(0, 64, 16) cut to 63 and truncated.
      #expect(view.frames.map { $0 - first } == [0, 4, 8, 12, 17, 21, 25, 29, 34, 38, 42, 46, 51, 55, 59, 63])
      // Shares of the sound: first / 70 to (first + 64) / 70, of 70,000 samples.
      #expect(abs(view.samples.lowerBound - first * 1000) <= 1 && abs(view.samples.count - 64_000) <= 1)
    }
    #expect(ends == Set(64..<71))
  }

  @Test func finetuningOfAShortClipCoversAllOfIt() throws {
    var random = stream()
    let view = try #require(TrainingSampling.finetuning.view(frames: 20, samples: 19_000, random: &random))
    // NumPy: linspace(0, 20, 5) is 0, 5, 10, 15, 20, which is cut to 19; then 19 until there are 16.
    #expect(view.frames == [0, 5, 10, 15] + [Int](repeating: 19, count: 12))
    #expect(view.samples == 0..<19_000)
    let short = try #require(TrainingSampling.finetuning.view(frames: 2, samples: 19_000, random: &random))
    #expect(short.frames == [Int](repeating: 1, count: 16))
  }

  @Test func tooLittleSoundIsNoView() {
    var random = stream()
    #expect(TrainingSampling.finetuning.view(frames: 50, samples: 1024, random: &random) == nil)
    #expect(TrainingSampling.pretraining.view(frames: 50, samples: 0, random: &random) == nil)
    // 1025 samples of a single frame: the whole.
    #expect(TrainingSampling.finetuning.view(frames: 1, samples: 1025, random: &random)?.samples == 0..<1025)
    // A still has any sound beside it: as much as 64 of the 125 frames that the sound would have (64 of 124 steps).
    let still = TrainingSampling.finetuning.view(frames: 1, samples: 80_000, random: &random)
    #expect(still?.frames == [Int](repeating: 0, count: 16))
    #expect(still.map { (41_290...41_291).contains($0.samples.count) } == true)
    // Long sound of which the chosen part is short: 64 of 5000 frames are 1024 of 80,000 samples.
    #expect(TrainingSampling.finetuning.view(frames: 5001, samples: 80_000, random: &random) == nil)
    #expect(TrainingSampling.finetuning.view(frames: 50, samples: nil, random: &random)?.samples.isEmpty == true)
  }
}
