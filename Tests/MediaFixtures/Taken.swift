package import Media
package import Signal

/// Everything a recording gives.
package struct Taken {
  package var frames: [FaceFrame<FaceCrop>] = []
  package var chunks: [AudioChunk] = []
  package var damage: [String] = []
  package var video: VideoInfo?
  package var sound: AudioInfo?

  package init(_ input: Recording.Input, _ change: (inout Recording.Options) -> Void = { _ in }) throws {
    var options = Recording.Options()
    options.faces = .none
    change(&options)
    let recording = try Recording(input, options: options)
    (video, sound) = (recording.video, recording.sound)
    var (picture, heard) = (true, true)
    var (shown, sounded) = (Instant.zero, Instant.zero)
    while picture || heard {
      if picture, !heard || shown <= sounded {
        if let frame = try recording.nextFrame() {
          frames.append(frame)
          shown = frame.time
        } else {
          picture = false
        }
      } else if let chunk = try recording.nextChunk() {
        chunks.append(chunk)
        sounded = chunk.end
      } else {
        heard = false
      }
    }
    damage = recording.damage
  }

  package var milliseconds: [Int64] { frames.map { ($0.time.nanoseconds + 500_000) / 1_000_000 } }
  package var samples: [Float] { chunks.flatMap(\.samples) }
}
