public import Media
public import Outlets
public import Recognition
internal import Threading

/// Reads emotions with one model: from recordings, from frames and samples in memory, and live. The numbers are those of
/// the command `mien`.
///
///     let reader = try EmotionReader(model: "models/nano")
///     for try await answer in reader.answers(in: "clip.mp4") { print(answer.end.seconds, answer.top ?? "no answer") }
public struct EmotionReader: Sendable {
  /// What happened on the way that the program may want to know. None of these is an error.
  public enum Note: Sendable {
    /// While the model was chosen.
    case model(ModelNote)
    /// While a recording was opened.
    case recording(RecordingNote)
    /// What is wrong with a device that is waited for.
    case waiting(MediaError)
  }

  /// What was asked for; a recorded session may choose the model anew.
  public let request: ModelRequest
  public let model: ChosenModel
  /// Threads of the model; results do not depend on it. nil: all processors.
  public var threads: Int?
  private let note: @Sendable (Note) -> Void

  /// - Parameter model: a model folder or a training run; nil: the one that `ModelRequest` finds.
  /// - Throws: as `ModelRequest.choose`.
  public init(model: String? = nil) throws { try self.init(ModelRequest(model: model)) }

  /// - Parameters:
  ///   - request: which model is wanted.
  ///   - note: gets what happens here and in the streams of this reader, on any thread.
  /// - Throws: as `ModelRequest.choose`.
  public init(_ request: ModelRequest, note: @escaping @Sendable (Note) -> Void = { _ in }) throws {
    (self.request, self.note) = (request, note)
    model = try request.choose { note(.model($0)) }
  }

  /// The answers of a recording or a recorded session, as `mien replay` gives them. Comes back at once: whether the recording
  /// can be opened, the first answer tells.
  /// - Parameter path: a media file, a recorded session, a folder of face images, or `-` for standard input.
  public func answers(in path: String) -> Answers { answers(in: RecordingRequest(path)) }

  /// The same with more to say about how it is read. A recorded session is answered by the model that it was recorded with,
  /// unless a model was asked for.
  /// - Parameters:
  ///   - recording: which recording, and how it is read.
  ///   - events: gets every event of the stream, on the stream's thread, which waits for it.
  public func answers(
    in recording: RecordingRequest, events: @escaping @Sendable (StreamEvent) -> Void = { _ in }
  ) -> Answers {
    let queue = AnswerQueue(capacity: 4, policy: .wait)
    var wanted = recording
    wanted.stop = { queue.isOver || recording.stop() }
    return Answers("mien-answers", queue) { [self, wanted] in
      let manifest = try wanted.manifest
      let chosen =
        try manifest.map { try request.choose(for: $0, at: wanted.path) { note(.model($0)) } } ?? model
      let opened = try wanted.open(manifest, framing: chosen.framing, following: chosen.following) {
        note(.recording($0))
      }
      let session = opened.session(
        try chosen.recognizer(threads: threads), stop: { wanted.stop() ? .endOfInput : nil },
        sink: { event in
          events(event)
          if case .result(let result) = event { queue.push(result) }
        })
      let outcome = try session.run()
      if let failure = outcome.failure { throw failure }
      if !outcome.damage.isEmpty { throw DamagedRecording(damage: outcome.damage) }
      return outcome.closed
    }
  }

  /// The answers of a camera and a microphone, as `mien live` gives them. Comes back at once: the first answer waits until the
  /// devices deliver, and throws `CaptureError` or `MediaError` where the session cannot begin.
  /// - Parameters:
  ///   - request: which devices, and which windows.
  ///   - outputs: get every event of the stream, and are finished at its end, also where it cannot begin.
  public func live(_ request: LiveRequest = LiveRequest(), outputs: [any LiveOutput] = []) -> Answers {
    let queue = AnswerQueue(capacity: 256, policy: .dropOldest)
    return Answers("mien-live", queue) { [self] in
      let ended = Result { try run(request, [AnswerOutput(queue)] + outputs, isOver: { queue.isOver }) }
      // Neither a session that fails nor one output that fails may keep the others from ending.
      let problems = outputs.compactMap { output in Result { try output.finish() }.failure }
      let closed = try ended.get()
      if let problem = problems.first { throw problem }
      return closed
    }
  }

  /// One live session from opening to closing.
  /// - Returns: nil: it was over before it began.
  private func run(
    _ request: LiveRequest, _ outputs: [any LiveOutput], isOver: () -> Bool
  ) throws -> SessionClosed? {
    // Weights and the face detector are read before the devices are opened: frames would be lost meanwhile.
    let recognizer = try model.recognizer(threads: threads)
    let setup = try LiveSetup(request, model: model)
    guard let live = try setup.begin(stop: isOver, waiting: { note(.waiting($0)) }) else { return nil }
    let end = live.run(recognizer, outputs: outputs) { _ in isOver() ? .endOfInput : nil }
    if let failure = end.outcome.failure ?? end.recordingFailure { throw failure }
    return end.outcome.closed
  }

  /// A stream that is fed with frames and samples in memory.
  /// - Parameter options: windows, whom to follow, and which tracks there are.
  /// - Throws: `MediaError` if there is no face detector; what is wrong with the model's weights.
  public func stream(_ options: FrameStream.Options = FrameStream.Options()) throws -> FrameStream {
    try FrameStream(model, options, threads: threads)
  }
}

/// The answers of a live session as one of its outputs.
private final class AnswerOutput: LiveOutput {
  private let queue: AnswerQueue

  init(_ queue: AnswerQueue) { self.queue = queue }

  func receive(_ event: StreamEvent, _ line: () -> StreamLine) {
    if case .result(let result) = event { queue.push(result) }
  }

  func finish() {}
}

extension Result {
  fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
