internal import Networks
internal import Signal

/// Says what changed from window to window, so that a stream carries one line a change and not one a hop; a pure state
/// machine.
struct StatusTracker: Sendable {
  private let hasVideo, hasAudio: Bool
  private let modalities: Modalities
  private let place: String
  /// What to try where the sound is silent.
  var silenceHint: String?
  /// What a window has of the sound.
  private enum Sound { case heard, silent, absent }

  private var hadVideo = true
  private var sound = Sound.heard
  private var hadSpeech = true
  /// Whether there was any of it so far: the first time nothing comes again.
  private var (hasSeen, hasHeard, hasSpoken) = (false, false, false)
  private var person: Int?

  /// A track that is missing altogether is said once and never ends. What the model does not look at is not missed.
  ///
  /// - Parameters:
  ///   - hasVideo, hasAudio: whether there are these tracks at all.
  ///   - modalities: what the model looks at.
  ///   - place: what lacks a track, "recording" or "session".
  init(hasVideo: Bool, hasAudio: Bool, looksAt modalities: Modalities, of place: String) {
    (self.hasVideo, self.hasAudio, self.modalities, self.place) = (hasVideo, hasAudio, modalities, place)
  }

  /// What to say before the lines of the next window, of which there is at least one.
  mutating func receive(_ lines: [EmotionResult]) -> [StreamStatus] {
    guard let front = lines.first else { return [] }
    var said: [StreamStatus] = []
    let (sees, hears) = (lines.contains(where: \.present.hasVideo), front.present.hasAudio || front.lacksSpeech)
    let heard: Sound = hears ? .heard : front.isSilent ? .silent : .absent
    defer {
      hasSeen = hasSeen || sees
      hasHeard = hasHeard || hears
      hasSpoken = hasSpoken || hears && !front.lacksSpeech
    }
    if modalities.hasVideo && sees != hadVideo {
      hadVideo = sees
      if sees {
        said.append(StreamStatus(.face, .info, "a face is in front" + (hasSeen ? " again" : ""), start: front.start))
      } else {
        let why = hasVideo ? "no face in enough of the window's frames" : "the \(place) has no picture track"
        said.append(StreamStatus(.noFace, .warning, why, start: front.start))
      }
    }
    if modalities.hasAudio && heard != sound {
      sound = heard
      switch heard {
      case .heard:
        said.append(
          StreamStatus(.audio, .info, "there is sound" + (hasHeard ? " again" : ""), start: front.start))
      case .silent: said.append(silence(from: front.start))
      case .absent:
        let why = hasAudio ? "sound is missing in more than a tenth of the window" : "the \(place) has no sound track"
        said.append(StreamStatus(.noAudio, .warning, why, start: front.start))
      }
    }
    // Where there is no sound, that says enough.
    if hears && hadSpeech == front.lacksSpeech {
      hadSpeech = !front.lacksSpeech
      said.append(
        hadSpeech
          ? StreamStatus(.speech, .info, "somebody speaks" + (hasSpoken ? " again" : ""), start: front.start)
          : StreamStatus(.noSpeech, .info, "nobody speaks, so the sound is not used", start: front.start))
    }
    if let id = front.face?.id, front.present.hasVideo {
      if let person, person != id {
        said.append(
          StreamStatus(.faceChanged, .info, "face \(id) is in front, no longer face \(person)", start: front.start))
      }
      person = id
    }
    return said
  }

  private func silence(from start: Instant) -> StreamStatus {
    let why = "no sample reaches -60 dBFS, so the sound is not used"
    let hint = silenceHint.map { "; \($0)" } ?? ""
    guard place == "session" else {
      return StreamStatus(.silent, .warning, "the sound is silent: \(why)\(hint)", start: start)
    }
    return StreamStatus(
      .microphoneSilent, .warning, "the microphone gives silence: \(why); it may be muted", start: start)
  }
}
