import Corpus
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

  @Test func anEpochIsAPermutationOfItsOwn() {
    let order = EpochOrder(clips: 103, batch: 10, seed: 3)
    #expect(order.batches == 11 && EpochOrder(clips: 103, batch: 10, seed: 3, dropsRest: true).batches == 10)
    let (first, second) = (order.positions(epoch: 0), order.positions(epoch: 1))
    #expect(first.sorted() == Array(0..<103) && second.sorted() == Array(0..<103) && first != second)
    #expect(first == EpochOrder(clips: 103, batch: 7, seed: 3).positions(epoch: 0))
    #expect(first != EpochOrder(clips: 103, batch: 10, seed: 4).positions(epoch: 0))
    #expect(order.batch(10, of: first).count == 3 && Array(order.batch(1, of: first)) == Array(first[10..<20]))
    #expect(EpochOrder(clips: 4, batch: 2, seed: nil).positions(epoch: 9) == [0, 1, 2, 3])
    // A list shorter than a batch still gives one.
    #expect(EpochOrder(clips: 3, batch: 8, seed: 1, dropsRest: true).batches == 1)
  }
}
