import Clips
import Tensor
import Testing

@Suite struct MixingTests {
  /// Clip k is k everywhere; 3 clips of 2 × 4 × 4 pixels, 4 rows of sound, 3 classes.
  private func batch() -> Batch {
    func each(_ size: Int) -> Matrix {
      Matrix(FloatBuffer((0..<3).flatMap { [Float](repeating: Float($0), count: size) }), rows: 3, columns: size)
    }
    return Batch(
      epoch: 0, number: 0, positions: [0, 1, 2], video: each(32), audio: each(4 * 128),
      targets: [1, 0, 0, 0, 1, 0, 0, 0, 1])
  }

  @Test func mixupMixesAllThreeByOneShare() throws {
    var mixed = batch()
    Mixing.mix(&mixed, by: .mixup(0.75), side: 4)
    let (video, audio) = (try #require(mixed.video).array, try #require(mixed.audio).array)
    #expect(video.prefix(32).allSatisfy { $0 == 0.5 } && video.suffix(32).allSatisfy { $0 == 1.5 })
    #expect(video[32..<64].allSatisfy { $0 == 1 })
    #expect(audio.prefix(512).allSatisfy { $0 == 0.5 } && audio.suffix(512).allSatisfy { $0 == 1.5 })
    // The one in the middle is its own partner.
    #expect(mixed.targets == [0.75, 0, 0.25, 0, 1, 0, 0.25, 0, 0.75] && mixed.kept == 0.75)
  }

  @Test func cutmixReplacesABoxAndRows() throws {
    var mixed = batch()
    Mixing.mix(&mixed, by: .cutmix(box: FacePart(x: 1, y: 2, width: 2, height: 2), rows: 1..<2), side: 4)
    let (video, audio) = (try #require(mixed.video).array, try #require(mixed.audio).array)
    #expect(
      Array(video.prefix(16)) == [
        0, 0, 0, 0,
        0, 0, 0, 0,
        0, 2, 2, 0,
        0, 2, 2, 0,
      ])
    #expect(Array(video[16..<32]) == Array(video[..<16]))
    #expect(Array(video.suffix(16)) == video[..<16].map { 2 - $0 } && video[32..<64].allSatisfy { $0 == 1 })
    #expect(audio[..<128].allSatisfy { $0 == 0 } && audio[128..<256].allSatisfy { $0 == 2 })
    #expect(audio[256..<512].allSatisfy { $0 == 0 })
    #expect(mixed.targets == [0.75, 0, 0.25, 0, 1, 0, 0.25, 0, 0.75])
  }

  @Test func oneSenseAloneIsMixedToo() {
    var mixed = batch()
    mixed.video = nil
    Mixing.mix(&mixed, by: .mixup(0.5), side: 4)
    #expect(mixed.video == nil && mixed.audio?.array.allSatisfy { $0 == 1 } == true && mixed.targets[0] == 0.5)
  }

  @Test func choicesHaveTheirShares() {
    var random = RandomStream(seed: 5)
    var (shares, boxes, rows) = ([Double](), [Double](), [Double]())
    for _ in 0..<4000 {
      switch Mixing().choice(side: 160, rows: 256, random: &random) {
      case .none: Issue.record("every batch is mixed")
      case .mixup(let share): shares.append(share)
      case .cutmix(let box, let range):
        #expect(box.x >= 0 && box.x + box.width <= 160 && box.y + box.height <= 160)
        #expect(range.lowerBound >= 0 && range.upperBound <= 256)
        boxes.append(Double(box.width * box.height) / 25_600)
        rows.append(Double(range.count) / 256)
      }
    }
    // 2000; a standard deviation is 32.
    #expect((1870...2130).contains(shares.count))
    #expect(abs(shares.reduce(0, +) / Double(shares.count) - 0.5) < 0.03)
    #expect(zip(boxes, rows).allSatisfy { abs($0 - $1) < 0.003 })
    #expect(boxes.max()! > 0.7 && boxes.min()! < 0.02)
    #expect(Mixing(probability: 0).choice(side: 160, rows: 256, random: &random) == .none)
    for _ in 0..<50 {
      if case .mixup = Mixing(mixup: 0).choice(side: 160, rows: 256, random: &random) { Issue.record("off") }
      if case .cutmix = Mixing(cutmix: 0).choice(side: 160, rows: 256, random: &random) { Issue.record("off") }
    }
  }
}
