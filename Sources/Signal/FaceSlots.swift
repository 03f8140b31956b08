/// The slots of one window, and the people that they show: each person has crops of their own, never of another one.
struct FaceSlots<Crop: Sendable> {
  private let slots: [FaceFrame<Crop>?]

  /// Slots oldest first; nil where no frame fell.
  init(_ slots: [FaceFrame<Crop>?]) { self.slots = slots }

  /// Slots that a frame fell into.
  var frames: Int { slots.count { $0 != nil } }

  /// Everybody with a crop in some slot. First comes who is in front in most slots, of equals who has most slots, of
  /// equals who was seen last.
  ///
  /// - Parameters:
  ///   - needed: slots with a person's face, under which that person has no crops.
  ///   - ample: such slots with which a person's video comes into use.
  func people(needed: Int, ample: Int) -> [Window<Crop>.Person] {
    tallies().map { tally in
      let shown = tally.slots >= needed ? crops(of: tally.newest.id) : nil
      var person = Window<Crop>.Person(face: tally.newest, crops: shown?.crops, slots: tally.slots)
      person.frames = shown?.frames ?? []
      person.isAmple = tally.slots >= ample
      person.isInNewestSlot = slots.last.flatMap { $0 }?.crop(of: tally.newest.id) != nil
      return person
    }
  }

  /// One person's part in the window; only faces with a crop count.
  private struct Tally {
    /// At the newest slot with the person.
    var newest: FollowedFace
    var slots = 0
    var inFront = 0
  }

  private func tallies() -> [Tally] {
    var tallies: [Tally] = []
    for slot in slots.reversed() {
      guard let slot else { continue }
      for (place, face) in slot.faces.enumerated() where face.crop != nil {
        var met = tallies.firstIndex { $0.newest.id == face.followed.id }
        if met == nil {
          tallies.append(Tally(newest: face.followed))
          met = tallies.count - 1
        }
        // Non-nil, because it was just made if it was nil.
        tallies[met!].slots += 1
        if place == 0 { tallies[met!].inFront += 1 }
      }
    }
    guard tallies.count > 1 else { return tallies }
    // They were met from the newest slot on, so of equals the first one was seen last.
    return tallies.enumerated().sorted { a, b in
      (a.element.inFront, a.element.slots, b.offset) > (b.element.inFront, b.element.slots, a.offset)
    }.map(\.element)
  }

  /// A crop for each slot, and its frame: the person's own, else the one before, at the begin the one after.
  private func crops(of id: Int) -> (crops: [Crop], frames: [FrameMark])? {
    func own(_ i: Int) -> (Crop, FrameMark)? {
      guard i < slots.count, let frame = slots[i] else { return nil }
      guard let crop = frame.crop(of: id) else { return nil }
      return (crop, FrameMark(time: frame.time, index: frame.index))
    }
    guard var shown = slots.indices.lazy.compactMap({ own($0) }).first else { return nil }
    var (crops, frames): ([Crop], [FrameMark]) = ([], [])
    crops.reserveCapacity(WindowSchedule.frames)
    for i in 0..<WindowSchedule.frames {
      if let new = own(i) { shown = new }
      crops.append(shown.0)
      frames.append(shown.1)
    }
    return (crops, frames)
  }
}

extension FaceFrame {
  /// The crop of a person; nil: the frame does not show the person.
  fileprivate func crop(of id: Int) -> Crop? { faces.first { $0.followed.id == id }?.crop }
}
