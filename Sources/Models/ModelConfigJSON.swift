package import Files
internal import Networks
internal import Signal

// config.json as text: keys in the order of interest, labels in the order of outputs (sorted as text, the label of output 10
// would come before that of output 2, and a reader that trusts the order would name the wrong emotion). Reading is
// ModelConfig's.

extension ModelConfig {
  /// The text of `config.json`; the same value gives the same text. With `parameters` and `verified` it is a report of
  /// what was found out about the weights.
  package func json(parameters: Int? = nil, verified: Bool? = nil) -> String {
    let own = sizes.base.json
    var members: [JSON.Member] = [
      .init("schema", .string(Self.schema)), .init("architecture", .string(sizes.base.architecture.name)),
      .init("id", .string(id)), .init("task", .string(task.rawValue)),
      .init("modalities", .string(modalities.description)),
      .init("trained", .bool(trained)),
      .init("sizes", own.sizes),
    ]
    if let license { members.append(.init("license", .string(license))) }
    if let note { members.append(.init("note", .string(note))) }
    members += own.more
    if let names = labels?.names {
      members.append(.init("id2label", .object(names.enumerated().map { .init(String($0), .string($1)) })))
      members.append(.init("label2id", .object(names.enumerated().map { .init($1, .int($0)) })))
    }
    if let attributes { members.append(.init("attributes", .array(attributes.names.map(JSON.string)))) }
    members.append(.init("preprocessing", preprocessing.json))
    if let weights { members.append(.init("weights", weights.json)) }
    if let source { members.append(.init("source", source.json)) }
    if let parameters { members.append(.init("parameters", .int(parameters))) }
    if let verified { members.append(.init("verified", .bool(verified))) }
    return JSON.object(members).indented + "\n"
  }
}

extension ModelConfig.File {
  fileprivate var json: JSON { ["file": .string(file), "sha256": .string(sha256)] }
}

extension Preprocessing {
  fileprivate var json: JSON {
    let sound = spectrogram
    return [
      "face_framing": faceFraming.json,
      "video": [
        "mean": .numbers(video.mean), "std": .numbers(video.std), "frames": .int(video.frames),
        "frame_interval": .double(video.frameInterval), "sampling_rate": .int(video.samplingRate),
      ],
      "spectrogram": [
        "sample_rate": .int(sound.sampleRate), "rows": .int(sound.rows), "mel_bins": .int(sound.melBins),
        "window_ms": .double(sound.windowMs), "shift_ms": .double(sound.shiftMs), "low_hz": .double(sound.lowHz),
        "high_hz": .double(sound.highHz), "mean": .double(sound.mean), "std": .double(sound.std),
      ],
    ]
  }
}

extension FaceFraming {
  package var json: JSON {
    [
      "size": .int(size), "box_side": .double(boxSide), "box_left": .double(boxLeft), "box_top": .double(boxTop),
      "left_eye": .numbers(leftEye), "right_eye": .numbers(rightEye),
    ]
  }
}

extension JSON {
  fileprivate static func numbers(_ values: [Double]) -> JSON { .array(values.map(JSON.double)) }
}
