public import Files
public import Networks
public import Signal

/// One line of a window: what is said of one person in it. Without an answer its values are null, and `modalities` says why.
public struct EmotionResult: Sendable, Hashable {
  /// The window's k; a skipped hop leaves a gap.
  public var sequence: Int
  public var start, end: Instant
  /// The model's labels and task, for the names of the values.
  public var labels: [String]
  /// Names of the attributes that are answered beside classes.
  public var attributes: [String]
  /// Whether these are actions: what the face does at the window's newest slot, each from 0 to 1.
  public var answersActions: Bool
  public var task: Head.Task
  /// nil: a modality that the model needs is missing.
  public var estimate: Estimate?
  /// What the head that answered rests on; nil where none has answered.
  public var head: Modalities?

  /// The person's; nil: nobody was there.
  public var face: FollowedFace?
  /// Whether this window's newest slot shows the person's face; where it does not, nothing is known of what it does now.
  public var showsNewest: Bool
  /// What the window has enough of and the model looks at, whichever head answers.
  public var present: Modalities
  /// Slots with a frame, slots with the person's face, and frames known to be lost.
  public var frames, faces, dropped: Int
  /// The earlier window whose picture the answer rests on; nil: this one's.
  public var reusedFrom: Int?
  /// Whether windows may rest on earlier pictures at all.
  public var holdsPictures: Bool
  /// Whether a baseline is asked for, so that the line has the probabilities without it, too.
  public var hasBaseline: Bool

  public var coverage: Double
  public var level: Double?
  /// The share of the window's time that sounds like speech; nil without sound, and where nobody asks.
  public var speech: Double?
  /// Whether there is sound that is left out because nobody speaks.
  public private(set) var lacksSpeech = false
  /// Whether the model looks at sound, and there is sound, but nothing to hear in it.
  public let isSilent: Bool

  /// What the model lacks for an answer; empty where it has all that it needs.
  public var missing: Modalities

  /// Milliseconds from the ready window to the answer; nil where the model did not run.
  public var inferenceMilliseconds: Double?
  /// nil in replay.
  public var live: LiveLatency?

  /// How late a live result is, in milliseconds.
  public struct LiveLatency: Sendable, Hashable {
    /// From the ready window to the model's start: the time that the model was busy with another one.
    public var behind: Double
    /// From the window's end to this line.
    public var captureToEmit: Double

    public init(behind: Double, captureToEmit: Double) { (self.behind, self.captureToEmit) = (behind, captureToEmit) }
  }

  /// A window's line before the model has answered.
  /// - Parameters:
  ///   - window: as the model sees it.
  ///   - model: whose line it is.
  ///   - person: one of the window's; nil: nobody is in it.
  ///   - rule: of the same model.
  public init<Crop>(window: Window<Crop>, person: Window<Crop>.Person?, model: ModelSummary, rule: AnswerRule) {
    (sequence, start, end) = (window.index, window.start, window.end)
    (labels, attributes, task) = (model.labels, model.attributes, model.task)
    answersActions = model.answersActions
    showsNewest = person.map { $0.isInNewestSlot && $0.reusedFrom == nil } ?? false
    let (present, wanted) = (window.modalities(of: person), rule.modalities)
    (face, self.present) = (person?.face, wanted.intersection(present))
    (frames, faces, dropped) = (window.video.frames, person?.slots ?? 0, window.video.dropped)
    holdsPictures = model.economy.pictureEvery > .zero
    hasBaseline = model.baseline != nil
    reusedFrom = wanted.hasVideo ? person?.reusedFrom : nil
    (coverage, level) = (window.audio.coverage, window.audio.level)
    isSilent = wanted.hasAudio && window.audio.isSilent
    missing = rule.missing(from: present)
  }

  /// Nobody speaks, so what sound there is does not count.
  mutating func leaveOutAudio(_ missing: Modalities) {
    lacksSpeech = present.hasAudio
    present.remove(.audio)
    self.missing = missing
  }

  /// What the answer rests on; where there is none, what the window has enough of.
  public var used: Modalities { head ?? present }
  public var videoUsed: Bool { used.hasVideo }
  public var audioUsed: Bool { used.hasAudio }

  /// The probability of `top`; nil for a regression and without an answer.
  public var confidence: Float? {
    guard let estimate, let top = estimate.top else { return nil }
    return estimate.values[top]
  }

  /// The label of the largest probability; nil for a regression and without an answer.
  public var top: String? { estimate?.top.map { labels[$0] } }

  /// What the face does most, the strongest first; empty where it does nothing, nil where nothing is known of it.
  /// - Parameters:
  ///   - most: how many actions.
  ///   - limit: weaker ones are left out.
  package func strongestActions(_ most: Int, from limit: Float = 0.1) -> [(name: String, value: Float)]? {
    guard answersActions, let values = estimate?.attributes else { return nil }
    let order = values.indices.filter { values[$0] >= limit }.sorted { (values[$0], $1) > (values[$1], $0) }
    return order.prefix(most).map { (attributes[$0], values[$0]) }
  }

  public var json: JSON {
    let values: JSON = estimate.map { .labelled(labels, $0.values) } ?? .null
    var members: [JSON.Member] = [
      .init("type", "emotion.result"), .init("seq", .int(sequence)), .init("start", .double(start.seconds)),
      .init("end", .double(end.seconds)), .init("face_id", .optional(face?.id)),
      .init(task == .classification ? "emotions" : "attributes", values),
    ]
    if hasBaseline {
      members += [
        .init("raw", estimate?.corrected.map { .labelled(labels, $0.raw) } ?? .null),
        .init("baseline_share", .optional(estimate?.corrected?.share.rounded(places: 4))),
      ]
    }
    if !attributes.isEmpty {
      let values: JSON = estimate?.attributes.map { .labelled(attributes, $0) } ?? .null
      members.append(.init(answersActions ? "actions" : "attributes", values))
    }
    members += [
      .init("top", .optional(top)), .init("confidence", .optional(confidence)),
      .init("head", .optional(head?.description)),
      .init(
        "modalities",
        [
          "video": picture,
          "audio": [
            "used": .bool(audioUsed), "coverage": .double(coverage.rounded(places: 4)),
            "level_dbfs": .optional(level?.rounded(places: 2)), "speech": .optional(speech?.rounded(places: 4)),
          ],
        ]), .init("latency", latency),
    ]
    return .object(members)
  }

  private var picture: JSON {
    // 0.01 of a pixel is far below what the follower knows.
    let box: JSON =
      face.map { [.cents($0.box.x), .cents($0.box.y), .cents($0.box.width), .cents($0.box.height)] } ?? .null
    var members: [JSON.Member] = [
      .init("used", .bool(videoUsed)), .init("frames", .int(frames)), .init("faces", .int(faces)),
      .init("dropped", .int(dropped)), .init("bbox", box),
    ]
    if holdsPictures { members.append(.init("held_from", .optional(reusedFrom))) }
    return .object(members)
  }

  private var latency: JSON {
    let taken = JSON.optional(inferenceMilliseconds?.rounded(places: 3))
    guard let live else { return ["infer_ms": taken] }
    return [
      "infer_ms": taken, "behind_ms": .double(live.behind.rounded(places: 3)),
      "capture_to_emit_ms": .double(live.captureToEmit.rounded(places: 3)),
    ]
  }
}

extension Window {
  /// What the window has enough of for an answer about one person.
  func modalities(of person: Person?) -> Modalities {
    Modalities(video: person?.crops != nil, audio: audio.spectrogram != nil)
  }
}

extension JSON {
  /// `{label: value}` in the labels' order.
  package static func labelled(_ labels: [String], _ values: [Float]) -> JSON {
    .object(zip(labels, values).map { Member($0, .float($1)) })
  }

  fileprivate static func cents(_ value: Double) -> JSON { .double(value.rounded(places: 2)) }
}

extension Double {
  /// The nearest multiple of 10^−places.
  package func rounded(places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return (self * scale).rounded() / scale
  }
}
