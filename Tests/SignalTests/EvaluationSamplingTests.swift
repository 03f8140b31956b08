import Signal
import Testing

@Suite struct EvaluationSamplingTests {
  /// Frames and samples that the public code takes of a clip of 100 frames and 4 s.
  @Test func equalsThePublishedIndices() throws {
    let views = try #require(EvaluationSampling().views(frames: 100, samples: 64_000))
    #expect(views.map(\.frames) == [Array(stride(from: 0, to: 61, by: 4)), Array(stride(from: 36, to: 97, by: 4))])
    #expect(views.map(\.samples) == [0..<41_373, 23_272..<64_000])
  }

  @Test func shortClipsRepeatTheirLastFrame() throws {
    let views = try #require(EvaluationSampling().views(frames: 10, samples: 6400))
    #expect(views.count == 2 && views[0] == views[1])
    #expect(views[0].frames == [0, 4] + Array(repeating: 8, count: 14))
    #expect(views[0].samples == 0..<6400)
  }

  @Test func oneFrameTakesTheWholeOfAShortSoundOnly() throws {
    #expect(try #require(EvaluationSampling().views(frames: 1, samples: 16_000)).first?.samples == 0..<16_000)
    // The picture of a still says nothing about time: its sound is looked at as if it were alone.
    let still = try #require(EvaluationSampling().views(frames: 1, samples: 64_000))
    #expect(still.map(\.samples) == [0..<40_960, 23_040..<64_000] && still.allSatisfy { $0.frames.max() == 0 })
    #expect(EvaluationSampling().views(frames: 1, samples: 0)?.count == 2)
  }

  @Test func everyViewIsInsideTheClip() throws {
    for frames in 1...200 {
      for count in 1...5 {
        let samples = frames * 640
        guard let views = EvaluationSampling(rate: 3, views: count).views(frames: frames, samples: samples) else {
          continue
        }
        #expect(views.count == count)
        for view in views {
          #expect(view.frames.count == 16 && view.frames.allSatisfy { (0..<frames).contains($0) })
          #expect(view.frames == view.frames.sorted())
          #expect(view.samples.upperBound <= samples)
        }
        if count > 1 { #expect(views[count - 1].frames[15] == (frames - 1) / 3 * 3) }
      }
    }
  }

  /// The start and the end of a sound without a picture.
  @Test func heard() {
    let sampling = EvaluationSampling()
    #expect(sampling.heard(samples: 64_000)?.map(\.samples) == [0..<40_960, 23_040..<64_000])
    #expect(sampling.heard(samples: 32_000)?.map(\.samples) == [0..<32_000, 0..<32_000])
    #expect(sampling.heard(samples: 1024) == nil && sampling.heard(samples: 1025)?.count == 2)
    #expect(EvaluationSampling(views: 1).heard(samples: 64_000)?.map(\.samples) == [0..<40_960])
    #expect(EvaluationSampling(views: 3).heard(samples: 64_000)?[1].samples == 11_520..<52_480)
  }
}
