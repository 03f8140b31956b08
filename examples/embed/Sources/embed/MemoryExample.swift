import MienKit

/// RGB frames, 25 a second, and 16 kHz samples that the program has from somewhere else. Faces are found and followed.
func readMemory(frames: [[UInt8]], width: Int, height: Int, samples: [Float]) throws {
  let stream = try EmotionReader().stream()
  for (i, frame) in frames.enumerated() {
    let sound = samples[min(640 * i, samples.count)..<min(640 * (i + 1), samples.count)]
    let heard = try stream.push(samples: Array(sound), at: Double(i) / 25)
    let seen = try stream.push(rgb: frame, width: width, height: height, at: Double(i) / 25)
    for answer in heard + seen { show(answer.end.seconds, answer.top, answer.confidence) }
  }
  for answer in try stream.finish() { show(answer.end.seconds, answer.top, answer.confidence) }
}
