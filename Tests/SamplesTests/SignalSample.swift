import Signal

/// The sample of the article on `Signal`.
func signalSample() -> [Double] {
  // The sample begins.
  var windows = WindowAssembler<FaceCrop>(schedule: WindowSchedule(), video: false, audio: true)
  var starts: [Double] = []
  for second in 0..<4 {
    let samples = [Float](repeating: 0, count: AudioChunk.rate)  // one second of silence
    windows.receive(AudioChunk(start: Instant(seconds: Double(second)), samples: samples))
    while let window = windows.next() { starts.append(window.start.seconds) }
  }
  windows.endAudio()
  while let window = windows.next() { starts.append(window.start.seconds) }
  print(starts)  // a window every 0.32 s, each 2.56 s long
  // The sample ends.
  return starts
}
