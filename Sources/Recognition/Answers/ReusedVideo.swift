package import Signal

/// Decides for each person in a window whether the answer rests on an earlier window's picture. A state machine over all
/// windows of a session in their order, answered or not, so that a recording replayed rests on the same pictures as it did
/// live.
///
/// A picture is taken over only from a window of the same person that is not too old, and only by a window with enough
/// crops of that person.
package struct ReusedVideo<Crop: Sendable> {
  private struct Held {
    var index: Int
    var start: Instant
    var crops: [Crop]
    var frames: [FrameMark]
  }

  private let every: Instant
  /// By the person's id; only of people whom the window before had enough of.
  private var held: [Int: Held] = [:]

  package init(_ economy: SpeedSettings) { every = economy.pictureEvery }

  /// The window as the model is to see it.
  package mutating func take(_ window: Window<Crop>) -> Window<Crop> {
    guard every > .zero else { return window }
    var window = window
    var kept: [Int: Held] = [:]
    for i in window.people.indices {
      let id = window.people[i].face.id
      guard let crops = window.people[i].crops else { continue }
      if let old = held[id], window.start - old.start < every {
        (window.people[i].crops, window.people[i].frames) = (old.crops, old.frames)
        window.people[i].reusedFrom = old.index
        kept[id] = old
      } else {
        kept[id] = Held(index: window.index, start: window.start, crops: crops, frames: window.people[i].frames)
      }
    }
    held = kept
    return window
  }
}
