import Clips
import Testing

/// Who makes which part of which item.
@Suite struct PartScheduleTests {
  private func schedule(_ items: Range<Int>, limit: Int) -> PartSchedule {
    PartSchedule(items, limit: limit) { 1 + $0 % 3 }
  }

  /// Everything that can be handed out now.
  private func handOut(_ schedule: inout PartSchedule) -> [[Int]] {
    var handed: [[Int]] = []
    while let (item, part, isFirst) = schedule.next() {
      #expect(isFirst == (part == 0))
      handed.append([item, part])
    }
    return handed
  }

  /// Makes so many parts of an item; whether each was the last.
  private func make(_ parts: Int, of item: Int, _ schedule: inout PartSchedule) -> [Bool] {
    (0..<parts).map { _ in schedule.finish(partOf: item) }
  }

  private func takeAll(_ schedule: inout PartSchedule) -> [Int] {
    var taken: [Int] = []
    while let item = schedule.take() { taken.append(item) }
    return taken
  }

  @Test func partsAreHandedOutInOrderUpToTheLimit() {
    var schedule = schedule(3..<6, limit: 2)
    // Items 3 and 4 have one and two parts; 5 waits until one is taken.
    var handed = handOut(&schedule)
    #expect(handed == [[3, 0], [4, 0], [4, 1]] && !schedule.isHandedOut)
    // 4 is made first, but 3 is taken first.
    var ends = make(2, of: 4, &schedule)
    #expect(ends == [false, true])
    schedule.finish(4)
    var taken = takeAll(&schedule)
    handed = handOut(&schedule)
    #expect(taken.isEmpty && handed.isEmpty && schedule.made == 1)
    ends = make(1, of: 3, &schedule)
    #expect(ends == [true])
    schedule.finish(3)
    taken = takeAll(&schedule)
    #expect(taken == [3, 4] && schedule.taken == 2 && !schedule.isTaken)
    handed = handOut(&schedule)
    #expect(handed == [[5, 0], [5, 1], [5, 2]] && schedule.isHandedOut)
    ends = make(3, of: 5, &schedule)
    #expect(ends == [false, false, true])
    schedule.finish(5)
    taken = takeAll(&schedule)
    #expect(taken == [5] && schedule.isTaken && schedule.made == 3)
  }

  @Test func nothingToMake() {
    var schedule = schedule(4..<4, limit: 1)
    let (handed, taken) = (handOut(&schedule), takeAll(&schedule))
    #expect(handed.isEmpty && taken.isEmpty && schedule.isHandedOut && schedule.isTaken)
  }
}
