internal import Networks
internal import Signal

extension WindowSteps {
  /// What the stream knows of a window's steps. A frame shows several people, so its key says whose face it is.
  init<Crop>(_ window: Window<Crop>, person: Window<Crop>.Person?) {
    self.init()
    if let person, person.frames.count == person.crops?.count {
      frames = person.frames.map {
        StepKey(place: Int($0.time.nanoseconds), part: $0.index, source: person.face.id)
      }
    }
    guard window.audio.spectrogram != nil, window.audio.finalRows > 0 else { return }
    let (row, phase) = window.audio.firstSample.quotientAndRemainder(dividingBy: FilterBank.shift)
    (firstRow, finalRows) = (StepKey(place: row, part: phase), window.audio.finalRows)
  }
}
