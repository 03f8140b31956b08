internal import Signal

/// Decides from window to window which modalities are in use: one comes into use with ample evidence of it, and stays in use
/// until a window has too little, so that a hand over the camera for a second does not change what answers rest on.
///
/// A pure state machine over all windows of a session in their order, answered or not. So a recording replayed rests on the
/// same modalities as it did live.
struct ModalityUse: Sendable {
  /// Whose video the window before used.
  private var people: Set<Int> = []
  /// Whether the window before used its audio.
  private var hears = false

  /// The window with only what is in use: people without their crops, sound without its spectrogram where it is not.
  mutating func take<Crop>(_ window: Window<Crop>) -> Window<Crop> {
    var window = window
    var seen: Set<Int> = []
    for i in window.people.indices where window.people[i].crops != nil {
      let person = window.people[i]
      if person.isAmple || people.contains(person.face.id) {
        seen.insert(person.face.id)
      } else {
        (window.people[i].crops, window.people[i].frames) = (nil, [])
      }
    }
    people = seen
    hears = window.audio.spectrogram != nil && (window.audio.isAmple || hears)
    if !hears { (window.audio.spectrogram, window.audio.isSilent) = (nil, false) }
    return window
  }
}
