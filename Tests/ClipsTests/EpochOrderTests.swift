import Clips
import Testing

@Suite struct EpochOrderTests {

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
