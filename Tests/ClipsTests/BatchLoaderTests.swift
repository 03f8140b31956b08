import Clips
import Files
import Foundation
import Lists
import Media
import Networks
import Signal
import Tensor
import Testing

@Suite struct BatchLoaderTests {
  private let toy: Toy

  init() throws {
    toy = try Toy()
    for i in 0..<5 { try toy.clip(i) }
  }

  private func all(
    _ list: AnnotationList, _ recipe: Recipe, threads: Int = 1, batch: Int = 2, epochs: Range<Int> = 0..<2,
    from: Int = 0,
    ahead: Int = 2, seed: UInt64 = 9
  ) throws -> [Batch] {
    var settings = BatchLoader.Settings(batch: batch, seed: seed)
    (settings.threads, settings.ahead) = (threads, ahead)
    let loader = BatchLoader(list: list, recipe: recipe, settings: settings, epochs: epochs, from: from)
    var batches: [Batch] = []
    while let batch = try loader.next() { batches.append(batch) }
    return batches
  }

  private func bits(_ batch: Batch) -> [UInt32] {
    ((batch.video?.array ?? []) + (batch.audio?.array ?? []) + batch.targets).map(\.bitPattern)
      + batch.positions.map { UInt32($0) }
  }

  private func wholeList() throws -> AnnotationList {
    try toy.list((0..<5).map { "face\($0) sound\($0).flac \($0 % 3)\n" }.joined())
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() throws {
    let list = try wholeList()
    for recipe in [Recipe.pretraining, .finetuning(.classes(3))] {
      let one = try all(list, recipe)
      #expect(one.map(\.positions.count) == [2, 2, 1, 2, 2, 1])
      #expect(one.map(\.epoch) == [0, 0, 0, 1, 1, 1] && one.map(\.number) == [0, 1, 2, 0, 1, 2])
      for threads in [2, 3] {
        let more = try all(list, recipe, threads: threads, ahead: 5)
        #expect(more.map(bits) == one.map(bits))
      }
      // A resumed run gets what the first would have got.
      #expect(try all(list, recipe, threads: 2, from: 4).map(bits) == one[4...].map(bits))
      // Another seed is another run, and no epoch is like the one before.
      #expect(try all(list, recipe, seed: 10).map(bits) != one.map(bits))
      #expect(one[..<3].flatMap(bits) != one[3...].flatMap(bits))
    }
  }

  @Test func aBatchHasTheShapesOfTheModel() throws {
    let list = try wholeList()
    let pretraining = try all(list, .pretraining)[0]
    #expect(pretraining.video?.array.count == 2 * 3 * 16 * 160 * 160 && pretraining.audio?.array.count == 2 * 256 * 128)
    #expect(pretraining.video?.rows == 2 && pretraining.audio?.rows == 2)
    #expect(pretraining.targets.isEmpty && pretraining.kept == 1)
    let finetuning = try all(list, .finetuning(.classes(3)))[0]
    #expect(finetuning.targets.count == 2 * 3)
    for clip in 0..<2 { #expect(abs(finetuning.targets[3 * clip..<3 * clip + 3].reduce(0, +) - 1) < 1e-6) }
  }

  /// Without augmentation an input is what the recogniser would make of the same frames and sound.
  @Test func plainInputsAreNormalisedFramesAndSound() throws {
    let list = try wholeList()
    var recipe = Recipe(sampling: .finetuning)
    recipe.target = .classes(3)
    let maker = ClipMaker(list: list, recipe: recipe, seed: 1)
    let input = try maker.input(position: 2, epoch: 0)
    #expect(input.target == [0, 0, 1])
    // 12 frames: linspace(0, 12, 3) is 0, 6 and 12, which is cut to 11.
    for (slot, frame) in [0, 6, 11, 11].enumerated() {
      let shade = Float((2 * 31 + frame * 5) % 256) / 255
      let first = input.video[slot * 160 * 160]
      #expect(abs(first - (shade - 0.485) / 0.229) < 1e-5)
    }
    let samples = try AudioFile.read16k(toy / "sound2.flac")
    let rows = FilterBank().spectrogram(of: samples)
    #expect(rows.rows == 98 && input.audio == Spectrogram.normalized(rows.values))
  }

  @Test func soundAloneNeedsNoPicture() throws {
    let list = try toy.list((0..<5).map { "- sound\($0).flac \($0 % 3)\n" }.joined())
    var recipe = Recipe.finetuning(.classes(3))
    recipe.modalities = .audio
    (recipe.sound.timeMasks, recipe.sound.melMasks) = (.init(count: 2, width: 40), .init(count: 2, width: 20))
    (recipe.sound.speed, recipe.sound.keeps) = (0.9...1.1, 0.7...1)
    let batches = try all(list, recipe, threads: 2)
    #expect(batches.count == 6 && batches.allSatisfy { $0.video == nil && $0.broken.isEmpty })
    let heard = try #require(batches[0].audio).array
    #expect(heard.count == 2 * 256 * 128 && heard.allSatisfy(\.isFinite))
    #expect(try all(list, recipe).map(bits) == batches.map(bits))
    // Asked for both, such clips are of no use.
    #expect(throws: TooManyBroken.self) { try all(list, .finetuning(.classes(3))) }
  }

  /// Batches of one step: those that do not make one are left out.
  @Test func anEpochHasWholeGroups() throws {
    let order = EpochOrder(clips: 11, batch: 2, seed: nil, dropsRest: true, group: 2)
    #expect(order.batches == 4 && order.batch(3, of: Array(0..<11)) == [6, 7])
    #expect(EpochOrder(clips: 11, batch: 2, seed: nil, group: 4).batches == 4)
    #expect(EpochOrder(clips: 3, batch: 2, seed: nil, dropsRest: true, group: 2).batches == 0)
  }

  /// A resumed run counts what was broken before, and each clip once.
  @Test func knownBrokenClipsCount() throws {
    let list = try wholeList()
    var settings = BatchLoader.Settings(batch: 5, seed: 9)
    (settings.brokenShare, settings.knownBroken) = (0.2, [.init(position: 1, description: "known")])
    let one = BatchLoader(list: list, recipe: Recipe(sampling: .finetuning), settings: settings, epochs: 0..<1)
    #expect(try one.next()?.count == 5 && one.broken.map(\.description) == ["known"])
    settings.knownBroken.append(.init(position: 2, description: "known too"))
    let two = BatchLoader(list: list, recipe: Recipe(sampling: .finetuning), settings: settings, epochs: 0..<1)
    #expect(throws: TooManyBroken.self) { try two.next() }
  }

  @Test func brokenClipsAreNamedAndLeftOut() throws {
    // 2 of 20: a tenth is borne.
    var lines = (0..<20).map { "- sound\($0 % 5).flac 1" }
    (lines[3], lines[11]) = ("- gone.flac 1", "- sound0.flac 7")
    let list = try toy.list(lines.joined(separator: "\n"))
    var recipe = Recipe.finetuning(.classes(3))
    recipe.modalities = .audio
    // Unmixed, so that each clip can be told.
    recipe.mixing = nil
    let plain = recipe
    let batches = try all(list, recipe, threads: 2, batch: 4, epochs: 0..<1)
    #expect(batches.count == 5 && batches.map(\.count).reduce(0, +) == 18)
    let broken = batches.flatMap(\.broken).sorted { $0.position < $1.position }
    #expect(broken.map(\.position) == [3, 11])
    #expect(broken[0].description.hasPrefix("\(toy / "list.csv"):4: ") && broken[0].description.contains("gone.flac"))
    #expect(broken[1].description.contains("list.csv:12: the label “7”"))
    for batch in batches { #expect(batch.audio?.array.count == batch.count * 256 * 128) }
    // What is left is in the rows of its own clips.
    for batch in batches {
      for (row, position) in batch.positions.enumerated() {
        let alone = try ClipMaker(list: list, recipe: plain, seed: 9).input(position: position, epoch: 0).audio
        #expect(batch.audio?.rows(row..<row + 1).array == alone)
      }
    }
  }

  @Test func moreThanATenthBrokenStopsTheRun() throws {
    var lines = (0..<20).map { "- sound\($0 % 5).flac 1" }
    for i in [3, 11, 19] { lines[i] = "- gone\(i).flac 1" }
    let list = try toy.list(lines.joined(separator: "\n"))
    var recipe = Recipe.finetuning(.classes(3))
    recipe.modalities = .audio
    var messages: Set<String> = []
    for threads in [1, 3] {
      do {
        _ = try all(list, recipe, threads: threads, batch: 4, epochs: 0..<9)
        Issue.record("it went on")
      } catch let error as TooManyBroken {
        #expect(error.broken.map(\.position) == [3, 11, 19] && error.clips == 20)
        messages.insert("\(error)")
      }
    }
    let message = try #require(messages.first)
    #expect(messages.count == 1 && message.contains("list.csv:4") && message.contains("mien data check"))
  }

  @Test func cancellingEndsTheThreads() throws {
    let list = try wholeList()
    var settings = BatchLoader.Settings(batch: 1, seed: 1)
    settings.threads = 3
    let loader = BatchLoader(list: list, recipe: .pretraining, settings: settings, epochs: 0..<1_000_000)
    #expect(try loader.next() != nil)
    // `cancel` joins the threads: it would not come back if one were stuck in a full queue.
    loader.cancel()
    #expect(try loader.next() == nil)
    #expect(loader.counters.taken == 1 && loader.counters.made <= 1 + 3 + 3)
    // One that is dropped without a word ends, too.
    _ = BatchLoader(list: list, recipe: .pretraining, settings: settings, epochs: 0..<1_000_000)
  }

  /// Threads share a batch, so that more threads do not hold more batches.
  @Test func batchesWaitingDoNotGrowWithThreads() throws {
    var settings = BatchLoader.Settings(batch: 3, seed: 1)
    (settings.threads, settings.ahead) = (5, 1)
    let loader = BatchLoader(list: try wholeList(), recipe: .pretraining, settings: settings, epochs: 0..<50)
    for taken in 1...4 {
      #expect(try loader.next()?.count == (taken % 2 == 1 ? 3 : 2))
      Thread.sleep(forTimeInterval: 0.05)
      #expect(loader.counters.taken == taken && loader.counters.waiting <= 2)
    }
    loader.cancel()
  }

  /// A batch that somebody keeps is not written over by those behind it.
  @Test func aBatchKeepsItsValues() throws {
    let list = try wholeList()
    var settings = BatchLoader.Settings(batch: 2, seed: 1)
    settings.threads = 2
    let loader = BatchLoader(list: list, recipe: .pretraining, settings: settings, epochs: 0..<2)
    let first = try #require(try loader.next())
    let before = bits(first)
    while try loader.next() != nil {}
    #expect(bits(first) == before)
  }

  @Test func noMoreIsMadeThanMayWait() throws {
    let made = Counter()
    let work = OrderedWork("count", items: 0..<100, threads: 2, ahead: 4) {
      { item, _ in
        made.add()
        return item
      }
    }
    Thread.sleep(forTimeInterval: 0.2)
    // 2 wait in each queue, and each thread holds one that it cannot put down.
    #expect(made.value <= 6)
    #expect((0..<100).map { _ in work.next() } == (0..<100).map { $0 } && work.next() == nil)
    #expect(work.counters.taken == 100 && made.value == 100)
  }

  private final class Counter: @unchecked Sendable {
    // @unchecked because `count` changes only while `lock` is held.
    private let lock = NSLock()
    private var count = 0
    func add() { lock.withLock { count += 1 } }
    var value: Int { lock.withLock { count } }
  }
}
