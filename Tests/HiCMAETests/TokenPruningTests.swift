import Tensor
import TestSupport
import Testing

@testable import HiCMAE

@Suite struct TokenPruningTests {
  private static let sizes = Configuration(dim: 128, videoDepth: 2, audioDepth: 2, fusionDepth: 1, outputs: 5)

  private func window(_ values: FloatBuffer) -> Matrix {
    Matrix(values, rows: 1, columns: Configuration.videoGrid.values)
  }

  /// Each tubelet's distance to the one before it, value by value.
  @Test func changesAreThoseOfThePatches() {
    let video = Hashed.video(seed: "changes", batch: 1)
    let changes = TokenPruning.changes(window(video))
    var worst = WorstDifference()
    for token in stride(from: 100, to: 800, by: 37) {
      var sum = 0.0
      for channel in 0..<3 {
        for frame in token / 100 * 2..<token / 100 * 2 + 2 {
          for y in token / 10 % 10 * 16..<token / 10 % 10 * 16 + 16 {
            for x in token % 10 * 16..<token % 10 * 16 + 16 {
              func value(_ frame: Int) -> Double { Double(video.base[((channel * 16 + frame) * 160 + y) * 160 + x]) }
              sum += abs(value(frame) - value(frame - 2))
            }
          }
        }
      }
      worst.see("token \(token)", Double(changes[token]), sum)
    }
    #expect(worst.value < 0.01, "\(worst)")
    #expect(changes[..<100].allSatisfy { $0 == .infinity })
  }

  /// A still picture in which single tubelets move: these stay, and the first ones.
  @Test func whatMovesStays() {
    let video = FloatBuffer(count: Configuration.videoGrid.values)
    let moving = [137, 138, 250, 462, 799]
    for token in moving {
      let corner = (token / 100 * 2 * 160 + token / 10 % 10 * 16) * 160 + token % 10 * 16
      video.base[corner + 3 * 160 + 5] = 1
    }
    // Where one moves, the next one at its place moves back; the last one has none after it.
    let kept = TokenPruning(share: 109.0 / 800).kept(window(video))
    #expect(kept.choice.places == Array(0..<100) + [137, 138, 237, 238, 250, 350, 462, 562, 799])
    // 37 stands for itself alone, 137 for itself, 237 for all that follow; a place without motion has one for all.
    func share(_ place: Int) -> Float { kept.shares[0, kept.choice.places.firstIndex(of: place) ?? 0] * 800 }
    for (place, tokens) in [(37, 1), (137, 1), (237, 6), (0, 8), (50, 2), (250, 1), (350, 5), (99, 7), (799, 1)] {
      #expect(abs(share(place) - Float(tokens)) < 1e-3, "\(place) stands for \(share(place))")
    }
    #expect(abs(kept.shares.array.reduce(0, +) - 1) < 1e-5)
  }

  @Test func countsAreWithinTheWindow() {
    #expect([0, 0.1, 0.125, 0.5, 0.9999, 1].map { TokenPruning(share: $0).count } == [100, 100, 100, 400, 800, 800])
    // Of equal ones the earlier stay.
    let still = TokenPruning(share: 0.25).kept(window(FloatBuffer(count: Configuration.videoGrid.values)))
    #expect(still.choice.places == Array(0..<200))
  }

  /// With all tokens the answer is the model's own; with fewer it is another, the same at any number of threads.
  @Test(arguments: InferenceTests.packings) func allTokensAreTheModel(packing: WeightPacking?) {
    let model = HiCMAEModel(Self.sizes, seed: 5, packing: packing)
    let video = Hashed.video(seed: "pruned", batch: 1).array
    let audio = Hashed.audio(seed: "pruned", batch: 1).array
    func logits(_ share: Double?, threads: Int = 1) -> [Float] {
      Inference(model: model, threads: threads, pruning: share.map { TokenPruning(share: $0) }).logits(
        video: video, audio: audio)
    }
    let (whole, all, half) = (logits(nil), logits(1), logits(0.5))
    var (same, other) = (WorstDifference(), WorstDifference())
    for index in 0..<5 {
      same.see("logit \(index)", Double(all[index]), Double(whole[index]))
      other.see("logit \(index)", Double(half[index]), Double(whole[index]))
    }
    #expect(same.value < 1e-5, "\(same)")
    #expect(other.value > 1e-4, "half of the tokens changes nothing: \(other)")
    #expect(logits(0.5, threads: 2) == half)
  }
}
