package import Signal

extension SessionManifest {
  /// Puts in what a recorder wrote; its counters are named after it, beside the session's.
  private mutating func take(_ summary: SessionRecorder.Summary) {
    streams = summary.parts.flatMap { part in
      [
        part.codec.map {
          Stream(
            picture: part.file, codec: $0, width: part.width, height: part.height, firstFrame: part.firstFrame,
            frames: part.frames)
        },
        part.hasSound
          ? Stream(
            sound: part.file, codec: "flac", sampleRate: 16_000, firstSample: part.firstSample, samples: part.samples)
          : nil,
      ].compactMap { $0 }
    }
    let counted = summary.counters
    let own = [
      "recorded_frames": counted.frames, "recorded_chunks": counted.chunks,
      "recorder_frames_broken": counted.framesBroken, "recorder_frames_lost": counted.framesLost,
      "recorder_chunks_lost": counted.chunksLost, "recorder_faces_lost": counted.facesLost,
      "recorder_events_lost": counted.eventsLost,
    ]
    counters.merge(own) { $1 }
    failure = summary.failure.map { "\($0)" }
  }

  /// Ends a session that its recorder has closed: the manifest gets what was written and the files' SHA-256.
  /// - Parameters:
  ///   - end: where its last window ended, as `session.closed` says; nil: there were none.
  ///   - duration: seconds from the session's zero to its stop.
  ///   - counters: what the session counted.
  package mutating func close(
    _ folder: String, _ summary: SessionRecorder.Summary, end: Instant?, duration: Double, counters: [String: Int]
  ) throws {
    self.counters = counters
    take(summary)
    // What a full disk cut short ends like a killed session: where its shorter track ends.
    (self.end, self.duration, closedCleanly) = (end, duration, summary.failure == nil)
    let files = SessionFolder.tables + summary.parts.map(\.file)
    // What was cut short may lack a file, and still its failure is to be written down.
    if closedCleanly { try seal(folder, files: files) } else { try? seal(folder, files: files) }
    try write(to: folder)
  }
}
