internal import Models
public import Networks
public import Recognition
internal import Signal

/// What a recording of one neutral person gives for a model.
public struct PersonCalibration: Sendable {
  public let material: NeutralMaterial
  /// What the recording has and the model looks at.
  public let tracks: Modalities

  /// Asks each head of the model about the recording.
  /// - Parameters:
  ///   - recording: of one person who is neutral, looks into the camera and speaks.
  ///   - model: a classifier with a class called `neutral`.
  ///   - seconds: from the recording's begin; nil: all of it.
  ///   - threads: of the model; results do not depend on it. nil: all processors.
  ///   - stop: asked between windows: true ends it.
  /// - Throws: `FileError` for a model without that class; what reading the recording or the model throws.
  public init(
    _ recording: RecordingRequest, model: ChosenModel, seconds: Double? = nil, threads: Int? = nil,
    stop: @escaping () -> Bool = { false }
  ) throws {
    _ = try model.neutralReference()
    let manifest = try recording.manifest
    var request = recording
    // Twice the usual hop: windows overlap, and half of them say as much.
    request.hop = WindowSchedule.usualHop + WindowSchedule.usualHop
    var (material, tracks) = (NeutralMaterial(), Modalities())
    for head in model.summary.heads where head.task == .classification {
      var one = model
      (one.onlyHead, one.baseline) = (head.name, nil)
      let opened = try request.open(manifest, framing: model.framing, following: model.following)
      let has = Modalities(video: opened.source.hasVideo, audio: opened.source.hasAudio)
      tracks.formUnion(has.intersection(model.summary.modalities))
      guard head.modalities.isSubset(of: has) else { continue }
      var lines: [EmotionResult] = []
      var isOver = false
      let session = opened.session(
        try one.recognizer(threads: threads), stop: { isOver || stop() ? .endOfInput : nil },
        sink: { event in
          guard case .result(let line) = event else { return }
          if let seconds, line.end.seconds > seconds { isOver = true } else { lines.append(line) }
        })
      let outcome = try session.run()
      if let failure = outcome.failure { throw failure }
      if !outcome.damage.isEmpty { throw DamagedRecording(damage: outcome.damage) }
      material.take(lines, of: head)
    }
    (self.material, self.tracks) = (material, tracks)
  }
}
