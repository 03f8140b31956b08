internal import Files
internal import Recognition

/// What a reader that comes late must know: the header, the statuses that still hold, and the last window's results. A pure state
/// machine.
struct StreamState {
  /// Of each subject only the newest line counts.
  private enum Subject { case header, face, sound, speech, camera, frameRate, microphone, recording, result }

  private var kept: [(subject: Subject, line: StreamLine)] = []

  /// The lines in the order in which the stream had them.
  var lines: [StreamLine] { kept.map(\.line) }

  mutating func receive(_ line: StreamLine) {
    switch line.kind {
    case .header: keep(line, as: .header)
    case .result:
      // A window with several people has several results.
      kept.removeAll { $0.subject == .result && $0.line.start != line.start }
      kept.append((.result, line))
    case .status(let code):
      switch code {
      case .noFace: keep(line, as: .face)
      case .face: forget(.face)
      case .noAudio, .silent, .microphoneSilent: keep(line, as: .sound)
      case .audio: forget(.sound)
      case .noSpeech: keep(line, as: .speech)
      case .speech: forget(.speech)
      case .cameraWaiting, .cameraOpened, .cameraLost, .cameraFrozen, .cameraBack:
        // A camera that comes back may have its full rate again.
        forget(.frameRate)
        keep(line, as: .camera)
      case .lowFrameRate: keep(line, as: .frameRate)
      case .microphoneWaiting, .microphoneOpened, .microphoneLost, .microphoneFrozen, .microphoneBack:
        keep(line, as: .microphone)
      case .recording: keep(line, as: .recording)
      // These tell what happened once, not how things are.
      case .faceChanged, .damaged, .behind, .stream, .linesDropped: break
      }
    case .other: break
    }
  }

  private mutating func keep(_ line: StreamLine, as subject: Subject) {
    forget(subject)
    kept.append((subject, line))
  }

  private mutating func forget(_ subject: Subject) { kept.removeAll { $0.subject == subject } }
}
