import Networks
import Recognition
import Signal

/// Events of a stream that nobody computed.
struct Events {
  var labels = ["anger", "disgust", "fear", "happiness", "neutral", "sadness", "surprise"]
  var task = Head.Task.classification
  var trained = true
  /// What the face does, beside classes.
  var actions: [String] = []

  var model: ModelSummary {
    ModelSummary(
      id: "hicmae-base", sha256: nil, labels: labels, attributes: actions, areActions: true, task: task,
      trained: trained)
  }

  var created: StreamEvent {
    .created(
      SessionCreated(
        version: "1", source: .init(kind: "live", input: "live", video: nil, audio: nil), model: model,
        hop: Instant(seconds: 0.32), face: "largest", wall: "2026-01-01T00:00:00Z"))
  }

  func result(
    _ sequence: Int, _ outputs: [Float]?, face: Bool = true, sound: Bool = true, acts: [Float]? = nil
  ) -> StreamEvent {
    let start = Instant(seconds: 0.32 * Double(sequence))
    let box = PixelBox(x: 0, y: 0, width: 100, height: 100)
    let followed = FollowedFace(id: 3, box: box, square: FaceSquare(centerX: 50, centerY: 50, side: 100, angle: 0))
    let window = Window<Int>(
      index: sequence, start: start, end: start + Instant(seconds: 2.56),
      people: [.init(face: followed, crops: face ? [] : nil, slots: face ? 15 : 2)],
      video: .init(frames: 16, dropped: 0),
      audio: .init(spectrogram: sound ? [] : nil, coverage: sound ? 1 : 0, level: sound ? -23.4 : nil))
    var result = EmotionResult(window: window, person: window.people[0], model: model, rule: AnswerRule(model))
    result.estimate = outputs.map { Estimate(outputs: $0, task: task) }
    result.estimate?.attributes = acts
    result.inferenceMilliseconds = 181
    result.live = .init(behind: 0, captureToEmit: 412.3)
    return .result(result)
  }
}
