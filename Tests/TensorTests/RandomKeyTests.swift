import Tensor
import Testing

@Suite struct RandomKeyTests {
  @Test func aStreamFollowsFromItsKeyAlone() {
    func first(_ key: RandomKey, _ purpose: RandomKey.Purpose) -> UInt64 {
      var random = key.stream(purpose)
      return random.next()
    }
    let key = RandomKey(seed: 5, epoch: 1, position: 2)
    #expect(first(key, .crop) == first(RandomKey(seed: 5, epoch: 1, position: 2), .crop))
    // Every part of the key counts, and their places too.
    var seen: Set<UInt64> = []
    for seed in 0..<5 as Range<UInt64> {
      for epoch in 0..<10 {
        for position in 0..<20 {
          for purpose in RandomKey.Purpose.allCases {
            seen.insert(first(RandomKey(seed: seed, epoch: epoch, position: position), purpose))
          }
        }
      }
    }
    #expect(seen.count == 5 * 10 * 20 * RandomKey.Purpose.allCases.count)
  }

  @Test func neighbouringKeysAreNotAlike() {
    // Of streams of neighbouring clips the first uniforms are uniform.
    var counts = [Int](repeating: 0, count: 10)
    for position in 0..<10_000 {
      var random = RandomKey(seed: 1, epoch: 0, position: position).stream(.crop)
      counts[Int(random.uniform() * 10)] += 1
    }
    // 1000 each; a standard deviation is 30.
    #expect(counts.allSatisfy { (850...1150).contains($0) }, "\(counts)")
  }
}
