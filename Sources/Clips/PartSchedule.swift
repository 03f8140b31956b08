/// Who makes which part of which item, and which item is taken next; pure, for ``PartedWork``.
///
/// Parts are handed out in order, one item's after the other's, to whoever asks. Only so many items are begun before the
/// first of them is taken.
package struct PartSchedule {
  /// Items begun and not yet taken, at most.
  package let limit: Int
  private let items: Range<Int>
  private let parts: (_ item: Int) -> Int
  /// The next part to hand out.
  private var item: Int
  private var part = 0
  /// Parts of begun items that are not made yet.
  private var open: [Int: Int] = [:]
  /// Items that are made and wait.
  private var ready: Set<Int> = []
  /// The item that is taken next.
  package private(set) var upcoming: Int
  /// Items made, those that were taken included.
  package private(set) var made = 0

  /// - Parameters:
  ///   - limit: at least 1.
  ///   - parts: of an item, at least 1.
  package init(_ items: Range<Int>, limit: Int, parts: @escaping (_ item: Int) -> Int) {
    precondition(limit > 0, "no item may be begun")
    (self.items, self.limit, self.parts) = (items, limit, parts)
    (item, upcoming) = (items.lowerBound, items.lowerBound)
  }

  /// Whether every part was handed out.
  package var isHandedOut: Bool { item == items.upperBound }
  /// Whether every item was taken.
  package var isTaken: Bool { upcoming == items.upperBound }
  package var taken: Int { upcoming - items.lowerBound }

  /// The next part, and whether it is its item's first; nil: there is none, or too many items wait.
  package mutating func next() -> (item: Int, part: Int, isFirst: Bool)? {
    guard !isHandedOut, part > 0 || item < upcoming + limit else { return nil }
    let next = (item: item, part: part, isFirst: part == 0)
    if part == 0 { open[item] = parts(item) }
    part += 1
    if part == parts(item) { (item, part) = (item + 1, 0) }
    return next
  }

  /// A part is made.
  /// - Returns: whether it was its item's last.
  package mutating func finish(partOf item: Int) -> Bool {
    guard let left = open[item] else { preconditionFailure("a part of item \(item), which nobody makes") }
    open[item] = left > 1 ? left - 1 : nil
    return left == 1
  }

  /// An item is made.
  package mutating func finish(_ item: Int) {
    ready.insert(item)
    made += 1
  }

  /// The next item, if it is made.
  package mutating func take() -> Int? {
    guard ready.remove(upcoming) != nil else { return nil }
    upcoming += 1
    return upcoming - 1
  }
}
