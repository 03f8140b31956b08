import Clips
import Lists
import Tensor
import Testing

/// Stretches of frames that are left out.
@Suite struct FrameDropoutTests {
  /// Stretches of every length up to half of the frames, everywhere; as many as asked for.
  @Test func stretchesAreAsLongAsSaid() {
    var random = RandomStream(seed: 5)
    var lengths = [Int](repeating: 0, count: 17)
    var (ends, starts): (Set<Int>, Set<Int>) = ([], [])
    for _ in 0..<8000 {
      let stretch = FrameDropout(probability: 0.5).stretch(frames: 16, random: &random)
      lengths[stretch?.count ?? 0] += 1
      guard let stretch else { continue }
      starts.insert(stretch.lowerBound)
      ends.insert(stretch.upperBound)
    }
    #expect(abs(lengths[0] - 4000) < 200, "\(lengths)")
    // 500 each; a standard deviation is 22.
    #expect(lengths[1...8].allSatisfy { abs($0 - 500) < 110 } && lengths[9...].allSatisfy { $0 == 0 }, "\(lengths)")
    #expect(starts == Set(0...15) && ends == Set(1...16))
    let all = (0..<50).allSatisfy { _ in FrameDropout(probability: 1).stretch(frames: 16, random: &random) != nil }
    let none = (0..<50).allSatisfy { _ in FrameDropout(probability: 0).stretch(frames: 16, random: &random) == nil }
    #expect(all && none)
  }

  /// The frame before a stretch stands in for it, at the begin the one after; the rest of the clip and its sound stay. What
  /// is left out follows from seed, epoch and position.
  @Test func theFrameBeforeStandsIn() throws {
    let toy = try Toy()
    // Every frame has a shade of its own.
    try toy.clip(0, frames: 51, seconds: 2)
    let list = try toy.list("face0 sound0.flac 0\n")
    var recipe = Recipe(sampling: .finetuning)
    let plain = try ClipMaker(list: list, recipe: recipe, seed: 3).input(position: 0, epoch: 0)
    recipe.picture.frameDropout = FrameDropout(probability: 1)
    let maker = ClipMaker(list: list, recipe: recipe, seed: 3)
    func shades(_ video: [Float]) -> [Float] { (0..<16).map { video[$0 * 160 * 160] } }
    let given = shades(plain.video)
    var (held, seen) = (0, Set<[Float]>())
    for epoch in 0..<40 {
      let input = try maker.input(position: 0, epoch: epoch)
      #expect(input.audio == plain.audio)
      let shown = shades(input.video)
      seen.insert(shown)
      guard let first = shown.indices.first(where: { shown[$0] != given[$0] }),
        let last = shown.indices.last(where: { shown[$0] != given[$0] })
      else { continue }
      held += 1
      let standIn = first > 0 ? given[first - 1] : given[last + 1]
      #expect(shown[first...last].allSatisfy { $0 == standIn }, "\(epoch): \(shown)")
    }
    // A stretch in the clip's repeated last frame shows nothing.
    #expect(held > 25 && seen.count > 10, "\(held), \(seen.count)")
    #expect(try maker.input(position: 0, epoch: 7).video == maker.input(position: 0, epoch: 7).video)
  }
}
