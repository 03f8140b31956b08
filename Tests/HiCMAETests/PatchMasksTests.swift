import HiCMAE
import Networks
import Tensor
import Testing

@Suite struct PatchMasksTests {
  @Test func masksAreTubesOfThePublishedSizes() {
    let masks = PatchMasks()
    var seen = [Int](repeating: 0, count: 100)
    for clip in 0..<500 {
      let mask = masks.mask([RandomKey(seed: 1, epoch: 0, position: clip)], .audioVideo)
      let hidden = mask.video.hidden.places
      let frame = hidden.filter { $0 < 100 }
      #expect(mask.video.hidden.tokens == 800 && frame.count == 90 && Set(frame).count == 90)
      #expect(hidden == (0..<8).flatMap { step in frame.map { step * 100 + $0 } })
      #expect(mask.audio.hidden.tokens == 128 && Set(mask.audio.hidden.places).count == 102)
      for place in mask.video.visible.places where place < 100 { seen[place] += 1 }
    }
    // Visible 50 times of 500 each; a standard deviation is 6.7.
    #expect(seen.allSatisfy { (20...80).contains($0) })
  }

  /// What is hidden of a clip follows from its key alone, and of one modality it is what it would be of both.
  @Test func masksFollowFromTheKeys() {
    let keys = (0..<2).map { RandomKey(seed: 9, epoch: 1, position: $0) }
    let both = PatchMasks().mask(keys, .audioVideo)
    #expect(both.video.hidden.places.count == 2 * 720 && both.audio.hidden.places.count == 2 * 102)
    #expect(both == PatchMasks().mask(keys, .audioVideo))
    #expect(both != PatchMasks().mask(keys.reversed(), .audioVideo))
    let heard = PatchMasks().mask(keys, .audio)
    #expect(heard.audio == both.audio && heard.video.hidden.count == 8)
  }

  @Test func morePercentHideWhatFewerHide() {
    let keys = [RandomKey(seed: 9, epoch: 0, position: 0)]
    let (few, many) = (PatchMasks(percent: 20).mask(keys, .audioVideo), PatchMasks(percent: 60).mask(keys, .audioVideo))
    #expect(Set(few.video.hidden.places).isStrictSubset(of: many.video.hidden.places))
    #expect(few.audio.hidden.places.count == 25 && many.audio.hidden.places.count == 76)
  }
}
