/// Where a classifier keeps what it has worked out of a picture, so that it need not do so again.
public struct PictureSlot: Sendable, Hashable {
  /// From 0; one for each person in a window, so a session of one person at a time has slot 0 alone.
  public var index: Int
  /// Whether the picture is what it was in the last call with this slot.
  public var isSame: Bool

  public init(index: Int, isSame: Bool) { (self.index, self.isSame) = (index, isSame) }
}

/// Which window's crops of which person a picture is made of.
struct PictureSource: Hashable {
  var window, person: Int
}

/// Gives each person in a window a slot of their own, for as long as they are there.
struct PictureSlots {
  private enum Slot {
    case free
    /// Nothing is known of what the slot holds, because the work on it was not finished.
    case unknown(person: Int)
    case holds(PictureSource)

    var person: Int? {
      switch self {
      case .free: nil
      case .unknown(let person): person
      case .holds(let source): source.person
      }
    }
  }

  private var slots: [Slot] = []

  /// Frees the slots of everybody else.
  mutating func keep(people: [Int]) {
    for i in slots.indices {
      if let person = slots[i].person, !people.contains(person) { slots[i] = .free }
    }
  }

  /// The slot of a picture that is about to be worked on.
  mutating func take(_ source: PictureSource) -> PictureSlot {
    let own = slots.firstIndex { $0.person == source.person }
    let index = own ?? slots.firstIndex { $0.person == nil } ?? slots.count
    if index == slots.count { slots.append(.free) }
    defer { slots[index] = .unknown(person: source.person) }
    if case .holds(source) = slots[index] { return PictureSlot(index: index, isSame: true) }
    return PictureSlot(index: index, isSame: false)
  }

  /// The work is done: the slot holds the picture.
  mutating func finish(_ source: PictureSource, in slot: PictureSlot) { slots[slot.index] = .holds(source) }
}
