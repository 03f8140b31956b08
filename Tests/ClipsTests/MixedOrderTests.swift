import Clips
import Lists
import Networks
import Tensor
import Testing

@Suite struct MixedOrderTests {
  private let order = EpochOrder(lists: [20, 4], mix: [3, 1], batch: 8, seed: 3, dropsRest: true)

  @Test func everyBatchHasTheSharesAndAnEpochIsAsLongAsAllClips() {
    #expect(order.batches == 3 && order.clips == 24)
    for epoch in 0..<5 {
      let positions = order.positions(epoch: epoch)
      #expect(positions.count == 24)
      for batch in 0..<3 {
        #expect(order.batch(batch, of: positions).count { $0 >= 20 } == 2)
      }
    }
    // Shares that no batch has whole: as near as clips can.
    let odd = EpochOrder(lists: [10, 10, 10], mix: [2, 1, 1], batch: 6, seed: 3)
    for batch in 0..<5 {
      let drawn = odd.batch(batch, of: odd.positions(epoch: 0))
      #expect(drawn.count { $0 < 10 } == 3 && (1...2).contains(drawn.count { $0 >= 20 }))
    }
  }

  @Test func aSmallListIsRepeatedAndALargeOneGoesOn() {
    // 18 of 20 clips an epoch: ten epochs draw each nine times; 6 of 4 clips an epoch.
    var times = [Int](repeating: 0, count: 24)
    for epoch in 0..<10 {
      let draws = order.draws(epoch: epoch)
      // Draws differ where the clip is the same, so that what is random in it differs.
      #expect(Set(draws).count == draws.count && draws.map { $0 % 24 } == order.positions(epoch: epoch))
      for position in order.positions(epoch: epoch) { times[position] += 1 }
    }
    #expect(times[..<20].allSatisfy { $0 == 9 } && times[20...].allSatisfy { $0 == 15 })
    #expect(order.drawsOfAClip == [0.9, 1.5])
    #expect(EpochOrder(lists: [20, 4], mix: nil, batch: 8, seed: 3).drawsOfAClip == [1, 1])
  }

  @Test func withoutAMixTheListsAreOnePool() {
    let pool = EpochOrder(lists: [20, 4], mix: nil, batch: 8, seed: 3)
    #expect(pool.positions(epoch: 2) == EpochOrder(clips: 24, batch: 8, seed: 3).positions(epoch: 2))
    #expect(pool.draws(epoch: 2).sorted() == Array(0..<24))
    #expect(order.draws(epoch: 1) != order.draws(epoch: 0))
    #expect(order.draws(epoch: 1) != EpochOrder(lists: [20, 4], mix: [3, 1], batch: 8, seed: 4).draws(epoch: 1))
  }

  @Test func aMixedLoaderGivesTheSameBitsForAnyThreadsAndAfterAResume() throws {
    let toy = try Toy()
    for clip in 0..<3 { try toy.clip(clip) }
    let faces = try toy.list("face0 sound0.flac calm\nface1 sound1.flac glad\n")
    let voices = try AnnotationList(path: toy.path + "/voices.csv", bytes: Array("- sound2.flac 0\n".utf8))
    let pool = ClipPool(
      [faces, voices],
      readers: [
        LabelReader(classes: ["calm", "glad"]), LabelReader(classes: ["calm", "glad"], listClasses: ["glad"]),
      ])
    func batches(threads: Int, from: Int = 0) throws -> [[UInt32]] {
      var settings = BatchLoader.Settings(batch: 3, seed: 9)
      (settings.threads, settings.mix) = (threads, [1, 2])
      var recipe = Recipe.finetuning(.labels(classes: 2, attributes: 0))
      recipe.modalities = .audio
      let loader = BatchLoader(pool, recipe: recipe, settings: settings, epochs: 0..<3, from: from)
      var found: [[UInt32]] = []
      while let batch = try loader.next() {
        #expect(batch.positions.count { $0 == 2 } == 2 && batch.broken.isEmpty)
        // The same clip twice in a batch is changed in two ways.
        let places = batch.positions.indices.filter { batch.positions[$0] == 2 }
        let audio = try #require(batch.audio)
        let rows = places.map { audio.rows($0..<$0 + 1).array }
        #expect(batch.draws[places[0]] != batch.draws[places[1]] && rows[0] != rows[1])
        found.append((audio.array + batch.targets).map(\.bitPattern))
      }
      return found
    }
    let one = try batches(threads: 1)
    #expect(one.count == 3 && Set(one).count == 3)
    #expect(try batches(threads: 3) == one)
    #expect(try batches(threads: 2, from: 1) == Array(one[1...]))
  }
}
