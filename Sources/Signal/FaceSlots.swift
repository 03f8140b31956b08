/// The slots of one window, and the person that the window belongs to: always one person, never two.
struct FaceSlots<Crop: Sendable> {
  private let slots: [FaceFrame<Crop>?]

  /// Slots oldest first; nil where no frame fell.
  init(_ slots: [FaceFrame<Crop>?]) { self.slots = slots }

  /// The person with most slots, of equals the one seen last; only faces with a crop count.
  var person: Int? {
    var best: (id: Int, count: Int)?
    var seen: [Int] = []
    // From the newest: of equals the first one met stays.
    for slot in slots.reversed() {
      guard let slot, let id = slot.face?.id, slot.crop != nil, !seen.contains(id) else { continue }
      seen.append(id)
      let count = slots.count { $0?.face?.id == id && $0?.crop != nil }
      if count > best?.count ?? 0 { best = (id, count) }
    }
    return best?.id
  }

  /// - Parameters:
  ///   - needed: slots with the person's face, under which the picture is not used.
  func picture(needed: Int, dropped: Int) -> Window<Crop>.Video {
    let person = person
    let own = slots.map { slot in slot?.face != nil && slot?.face?.id == person ? slot?.crop : nil }
    let faces = own.count { $0 != nil }
    let face = own.lastIndex { $0 != nil }.flatMap { slots[$0]?.face }
    let frames = slots.count { $0 != nil }
    guard faces >= needed, faces > 0, var crop = own.lazy.compactMap(\.self).first else {
      return .init(crops: nil, frames: frames, faces: faces, face: face, dropped: dropped)
    }
    var crops: [Crop] = []
    crops.reserveCapacity(WindowSchedule.frames)
    for i in 0..<WindowSchedule.frames {
      if i < own.count, let new = own[i] { crop = new }
      crops.append(crop)
    }
    return .init(crops: crops, frames: frames, faces: faces, face: face, dropped: dropped)
  }
}
