import Clips
import Foundation
import Lists
import Media
import Networks
import Signal
import Testing

/// What augmentation does to an input as a whole.
@Suite struct ClipMakerTests {
  private let toy: Toy
  private let list: AnnotationList

  init() throws {
    toy = try Toy()
    try toy.clip(0, seconds: 2)
    list = try toy.list("face0 sound0.flac 0\n")
  }

  private func sounds(_ augmentation: AudioAugmentation, _ count: Int = 60) throws -> [[Float]] {
    var recipe = Recipe(sampling: .finetuning)
    (recipe.modalities, recipe.sound) = (.audio, augmentation)
    let maker = ClipMaker(list: list, recipe: recipe, seed: 3)
    return try (0..<count).map { epoch in
      try maker.input(position: 0, epoch: epoch).audio.map { $0 * 2 * Spectrogram.deviation + Spectrogram.mean }
    }
  }

  private func plain() throws -> [Float] { try sounds(AudioAugmentation(), 1)[0] }

  @Test func loudnessIsOneGainFromAHalfToOneAndAHalf() throws {
    let plain = try plain()
    var loud = AudioAugmentation()
    loud.loudness = true
    // The tone of 200 Hz is well above the floor in its bins: there the logarithm of the power moves by 2 ln gain.
    let strong = (0..<198 * 128).filter { plain[$0] > 0 }
    #expect(strong.count > 500)
    var gains: [Double] = []
    for values in try sounds(loud) {
      let shifts = strong.map { Double(values[$0] - plain[$0]) }
      #expect(shifts.max()! - shifts.min()! < 0.01)
      gains.append(exp(shifts[0] / 2))
    }
    let mean = gains.reduce(0, +) / Double(gains.count)
    let deviation = (gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gains.count)).squareRoot()
    // Beta(10, 10) has a standard deviation of 0.109.
    #expect(abs(mean - 1) < 0.05 && (0.08...0.14).contains(deviation), "\(mean), \(deviation)")
    #expect(gains.allSatisfy { (0.5...1.5).contains($0) })
  }

  @Test func masksHideWholeRowsAndBins() throws {
    let plain = try plain()
    var masked = AudioAugmentation()
    masked.timeMasks = .init(count: 1, width: 40)
    masked.melMasks = .init(count: 1, width: 20)
    var (rows, bins) = ([Int](), [Int]())
    for values in try sounds(masked) {
      func isHidden(_ row: Int, _ bin: Int) -> Bool { abs(values[row * 128 + bin]) < 1e-4 }
      let hiddenRows = (0..<256).filter { row in (0..<128).allSatisfy { isHidden(row, $0) } }
      let hiddenBins = (0..<128).filter { bin in (0..<256).allSatisfy { isHidden($0, bin) } }
      // 58 rows are missing at the end, which are zero anyway.
      rows.append(hiddenRows.count { $0 < 198 })
      bins.append(hiddenBins.count)
      for row in 0..<198 where !hiddenRows.contains(row) {
        for bin in 0..<128 where !hiddenBins.contains(bin) {
          let i = row * 128 + bin
          #expect(abs(values[i] - plain[i]) < 1e-4)
        }
      }
      if let first = hiddenBins.first { #expect(hiddenBins == Array(first..<first + hiddenBins.count)) }
    }
    #expect(rows.max()! <= 40 && rows.max()! > 25 && bins.max()! <= 20 && bins.max()! > 14 && bins.min()! < 5)
  }

  @Test func soundIsStretchedAndShortened() throws {
    func filledRows(_ values: [Float]) -> Int {
      (0..<256).count { row in values[row * 128..<(row + 1) * 128].contains { abs($0) > 1e-3 } }
    }
    var short = AudioAugmentation()
    short.keeps = 0.5...1
    let kept = try sounds(short).map(filledRows)
    // 2 s are 198 rows, 1 s is 98.
    #expect(kept.min()! >= 97 && kept.max()! <= 198 && kept.max()! - kept.min()! > 70)
    var fast = AudioAugmentation()
    fast.speed = 2...2
    // Twice as fast: half as long, an octave higher: 200 Hz is about mel bin 12, 400 Hz bin 24.
    let values = try sounds(fast, 1)[0]
    #expect((97...99).contains(filledRows(values)))
    func peak(_ values: [Float]) -> Int { (0..<128).max { values[20 * 128 + $0] < values[20 * 128 + $1] }! }
    let (before, after) = (peak(try plain()), peak(values))
    #expect((8...14).contains(before) && (20...28).contains(after), "\(before), \(after)")
  }

  /// One curve for all rows of a clip, smooth over the bins, within its bounds; rows without sound stay without.
  @Test func equalizerColoursTheSound() throws {
    var coloured = AudioAugmentation()
    coloured.equalizer = 10
    let plain = try plain()
    var gains: [[Float]] = []
    for values in try sounds(coloured) {
      let curve = (0..<128).map { values[$0] - plain[$0] }
      for row in [1, 100, 197] {
        for bin in 0..<128 { #expect(abs(values[row * 128 + bin] - plain[row * 128 + bin] - curve[bin]) < 1e-3) }
      }
      #expect(values.dropFirst(198 * 128) == plain.dropFirst(198 * 128))
      // 10 dB are 2.303 in natural logarithms of power; straight between 6 places, 25.4 bins apart.
      #expect(curve.allSatisfy { abs($0) < 2.304 })
      let bends = (1..<127).count { abs(curve[$0 - 1] - 2 * curve[$0] + curve[$0 + 1]) > 1e-3 }
      #expect(bends <= 8, "\(bends) bends")
      gains.append(curve)
    }
    #expect(Set(gains).count == gains.count)
    #expect(gains.joined().max()! > 1.5 && gains.joined().min()! < -1.5)
  }

  /// A sound of 198 rows has 58 to begin at, and is otherwise as it was.
  @Test func shortSoundBeginsAnywhere() throws {
    var shifted = AudioAugmentation()
    shifted.shifts = true
    let plain = try plain()
    let empty = plain[255 * 128]
    var starts: Set<Int> = []
    for values in try sounds(shifted) {
      let start = (0..<256).first { values[$0 * 128..<($0 + 1) * 128].contains { $0 != empty } }!
      #expect(Array(values[start * 128..<(start + 198) * 128]) == Array(plain[..<(198 * 128)]))
      starts.insert(start)
    }
    #expect(starts.count > 5 && starts.min()! >= 0 && starts.max()! <= 58 && starts.max()! > 30)
  }

  /// What the evaluator gives to a model, and nothing random however the recipe is.
  @Test func viewsForValidationArePlain() throws {
    try toy.clip(1, frames: 100, seconds: 4)
    let list = try toy.list("face1 sound1.flac 2\n")
    let maker = ClipMaker(list: list, recipe: .finetuning(.classes(3)), seed: 1)
    let views = try maker.views(position: 0)
    let samples = try AudioFile.read16k(toy / "sound1.flac")
    let wanted = try #require(EvaluationSampling().views(frames: 100, samples: samples.count))
    #expect(views.count == 2 && views.allSatisfy { $0.target == [0, 0, 1] })
    for (view, wanted) in zip(views, wanted) {
      let rows = FilterBank().spectrogram(of: Array(samples[wanted.samples]))
      #expect(view.audio == Spectrogram.normalized(rows.values))
      for (slot, frame) in wanted.frames.enumerated() {
        let shade = Float((31 + frame * 5) % 256) / 255
        #expect(abs(view.video[slot * 160 * 160] - (shade - 0.485) / 0.229) < 1e-5)
      }
    }
    var recipe = Recipe.finetuning(.classes(3))
    recipe.modalities = .audio
    let heard = try ClipMaker(list: list, recipe: recipe, seed: 1).views(position: 0)
    let ends = [samples.prefix(40_960), samples.suffix(40_960)].map {
      Spectrogram.normalized(FilterBank().spectrogram(of: Array($0)).values)
    }
    #expect(heard.map(\.audio) == ends && heard.allSatisfy { $0.video.isEmpty })
  }

  /// Frames that are alike stay alike: every choice is made once for a clip.
  @Test func allFramesAreChangedAlike() throws {
    let folder = toy / "same"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var pixels: [UInt8] = []
    for y in 0..<160 {
      for x in 0..<160 { pixels += [UInt8(x), UInt8(y), 90] }
    }
    let face = FaceCrop(side: 160, pixels: pixels)
    for i in 0..<16 { try PNGFile.write(face, to: "\(folder)/\(100 + i).png") }
    let list = try toy.list("same - 0\n")
    var recipe = Recipe.finetuning(.classes(1))
    recipe.modalities = .video
    let area = 160 * 160
    var (erased, different) = (0, 0)
    for epoch in 0..<24 {
      recipe.picture.erasing = nil
      let plain = try ClipMaker(list: list, recipe: recipe, seed: 1).input(position: 0, epoch: epoch).video
      for channel in 0..<3 {
        let first = plain[channel * 16 * area..<(channel * 16 + 1) * area]
        for frame in 1..<16 {
          let start = (channel * 16 + frame) * area
          #expect(plain[start..<start + area].elementsEqual(first))
        }
      }
      recipe.picture.erasing = RandomErasing(probability: 0.5)
      let noisy = try ClipMaker(list: list, recipe: recipe, seed: 1).input(position: 0, epoch: epoch).video
      // One box of all frames differs, and nothing outside it: erasing moves no other choice.
      let changed: [Set<Int>] = (0..<16).map { frame in
        Set((0..<area).filter { plain[frame * area + $0] != noisy[frame * area + $0] })
      }
      #expect(changed.allSatisfy { $0 == changed[0] })
      guard let first = changed[0].min() else { continue }
      erased += 1
      let xs = changed[0].map { $0 % 160 }
      let ys = changed[0].map { $0 / 160 }
      let (width, height) = (xs.max()! - xs.min()! + 1, ys.max()! - ys.min()! + 1)
      #expect(width * height == changed[0].count)
      if noisy[first] != noisy[area + first] { different += 1 }
    }
    // 12; a standard deviation is 2.4. Each frame has noise of its own.
    #expect((4...20).contains(erased) && different == erased)
  }
}
