internal import Signal

/// Finds the track that was meant where a file's default track of sound has nothing to hear, as screen recorders leave it.
enum SilentTrack {
  /// So much of a track is listened to.
  private static let seconds = Instant(nanoseconds: 60_000_000_000)

  /// - Parameters:
  ///   - path: a file.
  ///   - choice: what the user has chosen; then nothing is looked for.
  /// - Returns: the first track with something to hear; nil where the default one has it, where there is no other, and where
  ///   none has it.
  static func better(in path: String, _ choice: TrackChoice?) -> TrackLabel? {
    guard choice == nil, let source = try? PacketSource(.file(path), wanted: [.sound]) else { return nil }
    let labels = source.labels(.sound)
    guard !labels.isEmpty, !isHeard(source) else { return nil }
    return labels.first { label in
      guard label.number != source.number(.sound) else { return false }
      let choices = TrackChoices(audio: .number(label.number))
      return (try? PacketSource(.file(path), wanted: [.sound], choices: choices)).map(isHeard) ?? false
    }
  }

  private static func isHeard(_ source: PacketSource) -> Bool {
    guard let track = try? AudioTrack(source) else { return false }
    var begin: Instant?
    while let chunk = try? track.next() {
      if !Silence.isSilent(chunk.samples) { return true }
      begin = begin ?? chunk.start
      if let begin, chunk.end - begin > seconds { return false }
    }
    return false
  }
}
