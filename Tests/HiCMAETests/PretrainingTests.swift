import HiCMAE
import Layers
import Tensor
import TestSupport
import Testing

@Suite struct PretrainingTests {
  private func configuration(depth: Int, decoderDepth: Int? = nil, layers: [Int]? = nil) -> PretrainingConfiguration {
    PretrainingConfiguration(
      backbone: Configuration(dim: 64, videoDepth: depth, audioDepth: depth, fusionDepth: 1, outputs: 0),
      decoderDim: 64, decoderDepth: decoderDepth, layers: layers)
  }

  /// Every third layer from the last, and one decoder block more.
  @Test func layersFollowTheDepth() {
    for (depth, layers) in [(10, [4, 7, 10]), (12, [6, 9, 12]), (6, [3, 6]), (4, [1, 4]), (1, [1])] {
      let sizes = configuration(depth: depth)
      #expect(sizes.layers == layers && sizes.decoderDepth == layers.count + 1)
    }
    #expect(configuration(depth: 10, decoderDepth: 2).layers == [10])
    #expect(configuration(depth: 10, layers: [9, 2]).layers == [2, 9])
  }

  /// Sizes that contradict themselves, and what is said.
  @Test func contradictions() {
    func said(_ sizes: PretrainingConfiguration) -> String {
      do {
        try sizes.check()
        return "nothing"
      } catch { return "\(error)" }
    }
    #expect(said(configuration(depth: 2)) == "nothing")
    #expect(said(configuration(depth: 2, layers: [3])).contains("layers [3] are not among the 2"))
    #expect(said(configuration(depth: 4, decoderDepth: 4)).contains("4 decoder blocks look at 2 layers"))
    var uneven = configuration(depth: 3, layers: [1, 3])
    uneven.backbone.audioDepth = 2
    #expect(said(uneven).contains("layers [1, 3] are not among the 2"))
  }

  /// 80 of 800 and 26 of 128 tokens stay visible, and of the picture the same places at every step.
  @Test func masks() {
    var generator = SplitMix64(seed: 5)
    let mask = PretrainingMask(batch: 3, using: &generator)
    #expect(mask.video.visible.count == 80 && mask.video.hidden.count == 720)
    #expect(mask.audio.visible.count == 26 && mask.audio.hidden.count == 102)
    for clip in 0..<3 {
      let seen = mask.video.visible.places[clip * 80..<(clip + 1) * 80]
      let hidden = mask.video.hidden.places[clip * 720..<(clip + 1) * 720]
      #expect(Set(seen).union(hidden) == Set(0..<800))
      #expect(Set(seen) == Set(Set(seen.map { $0 % 100 }).flatMap { place in (0..<8).map { $0 * 100 + place } }))
    }
    #expect(mask.audio.visible.rows.last.map { $0 / 128 } == 2)
    #expect(PretrainingMask(batch: 3, using: &generator) != mask)
    var again = SplitMix64(seed: 5)
    #expect(PretrainingMask(batch: 3, using: &again) == mask)
  }

  /// One patch beside the rule, written out; and a flat patch, which has no deviation, gives zeros.
  @Test func targets() throws {
    let mask = PretrainingMask(hiddenTubes: [[37, 99]], audio: [[5, 127]])
    let video = Hashed.video(seed: "targets", batch: 1)
    let audio = Hashed.audio(seed: "targets", batch: 1)
    let operations = Operations()
    func pixel(_ colour: Int, _ frame: Int, _ row: Int, _ column: Int) -> Int {
      ((colour * 16 + frame) * 160 + row) * 160 + column
    }
    // Time step 2 of place 99: frames 4 and 5, rows and columns from 144, one colour flat.
    for frame in 4..<6 {
      for row in 144..<160 { for column in 144..<160 { video.base[pixel(1, frame, row, column)] = 3 } }
    }
    let targets = ReconstructionTargets(
      video: Matrix(video, rows: 1, columns: video.count), audio: Matrix(audio, rows: 1, columns: audio.count),
      mask: mask, operations)
    let (seen, heard) = (try #require(targets.video), try #require(targets.audio))
    #expect(seen.rows == 16 && seen.columns == 1536)
    let patch = (0..<2).flatMap { frame in
      (0..<256).map { Double(video.base[pixel(2, 4 + frame, 144 + $0 / 16, 144 + $0 % 16)]) * 0.225 + 0.406 }
    }
    let mean = patch.reduce(0, +) / 512
    let deviation = (patch.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 511).squareRoot() + 1e-6
    var worst = WorstDifference()
    for value in 0..<256 {
      let (first, second) = ((patch[value] - mean) / deviation, (patch[256 + value] - mean) / deviation)
      worst.see("first \(value)", Double(seen[5, value * 3 + 2]), first)
      worst.see("second \(value)", Double(seen[5, (256 + value) * 3 + 2]), second - first)
      #expect(seen[5, value * 3 + 1] == 0)
    }
    #expect(worst.value < 1e-5, "\(worst)")
    #expect(heard.rows == 2 && heard.columns == 256)
    #expect(abs(heard.rows(1..<2).array.reduce(0, +)) < 1e-3)
  }
}
