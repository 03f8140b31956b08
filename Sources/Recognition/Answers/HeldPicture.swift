package import Signal

/// Decides which windows rest on an earlier one's picture. A state machine over all windows of a session in their order,
/// answered or not, so that a recording replayed rests on the same pictures as it did live.
///
/// A picture is taken over only from a window of the same person that is not too old, and only by a window with enough
/// of a picture of its own.
package struct HeldPicture<Crop: Sendable> {
  private let every: Instant
  private var held: (index: Int, start: Instant, face: Int?, crops: [Crop])?

  package init(_ economy: Economy) { every = economy.pictureEvery }

  /// The window as the model is to see it.
  package mutating func take(_ window: Window<Crop>) -> Window<Crop> {
    guard every > .zero else { return window }
    guard let crops = window.video.crops else {
      held = nil
      return window
    }
    if let held, held.face == window.video.face?.id, window.start - held.start < every {
      var window = window
      (window.video.crops, window.video.heldFrom) = (held.crops, held.index)
      return window
    }
    held = (window.index, window.start, window.video.face?.id, crops)
    return window
  }
}
