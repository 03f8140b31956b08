internal import Glibc
package import Media
package import Recognition
package import Signal
internal import Threading

/// A session folder while it is recorded: the recorder, and the manifest around it.
package final class RecordedSession: Sendable {
  package let folder: String
  private let recorder: SessionRecorder
  private let manifest: SessionManifest
  /// For the last manifest, which says that the disk was full.
  private let reserve: DiskReserve
  /// Sound that waits for its verdict, by number.
  private let sounds = Guarded<(next: Int, waiting: [(id: Int, sound: CapturedAudio)])>((0, []))

  /// Writes the first manifest, which says that the session was not closed, and starts the recorder.
  /// - Parameters:
  ///   - folder: made already (`SessionFolder.make`).
  ///   - onFailure: called once, on the recorder's thread.
  package init(
    folder: String, manifest: SessionManifest, onFailure: @escaping @Sendable (MediaError) -> Void
  ) throws {
    (self.folder, self.manifest) = (folder, manifest)
    try manifest.write(to: folder)
    reserve = DiskReserve(in: folder)
    recorder = try SessionRecorder(
      folder: folder, zero: manifest.zero, picture: manifest.camera != nil, sound: manifest.microphone != nil,
      onFailure: onFailure)
  }

  package func frame(_ frame: CapturedFrame) { recorder.frame(frame) }
  package func line(_ bytes: [UInt8]) { recorder.line(bytes) }

  /// Sound on its way to the session; it is stored when its verdict has come.
  /// - Returns: the number under which the verdict comes.
  package func heard(_ sound: CapturedAudio) -> Int {
    sounds.withLock { sounds in
      sounds.next += 1
      sounds.waiting.append((sounds.next, sound))
      return sounds.next
    }
  }

  /// Sound that nobody gives a verdict on, because no model runs.
  package func store(_ sound: CapturedAudio) { recorder.sound(sound, seen: true) }

  package func take(_ verdict: LiveSession.Verdict) {
    switch verdict {
    case .frame(let index, let faces, let next, let accepted):
      if accepted { recorder.faces(index: index, faces: faces, next: next.map { manifest.zero + $0.nanoseconds }) }
    case .sound(let id, let accepted):
      sounds.withLock { sounds in
        // One that was passed over got lost in a full queue: it was not heard.
        let count = sounds.waiting.prefix { $0.id <= id }.count
        for (other, sound) in sounds.waiting.prefix(count) {
          recorder.sound(sound, seen: other == id && accepted)
        }
        sounds.waiting.removeFirst(count)
      }
    }
  }

  /// Writes what waits and the last manifest.
  /// - Parameter closed: nil: no model ran.
  /// - Returns: what ended the recording early, if something did.
  /// - Throws: where the manifest cannot be written.
  package func close(_ closed: SessionClosed?, duration: Double) throws -> MediaError? {
    for (_, sound) in sounds.withLock({ $0.waiting }) { recorder.sound(sound, seen: false) }
    let summary = recorder.close()
    reserve.give()
    var manifest = manifest
    let counters = closed.map { ["windows": $0.windows, "answered": $0.answered, "skipped": $0.skipped] }
    try manifest.close(
      folder, summary, end: closed?.end, duration: duration, counters: counters ?? [:])
    return summary.failure
  }
}
