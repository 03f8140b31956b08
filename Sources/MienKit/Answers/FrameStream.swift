internal import Files
public import Media
public import Recognition
public import Signal
internal import Threading

/// A stream that is fed with frames and samples in memory: each call gives the answers that have become ready. The model
/// runs on the calling thread. Not for two threads at once.
///
/// Frames and samples may come in any order of the two tracks, but each track in the order of its times, and neither more
/// than a minute ahead of the other: a window that waits longer for a track is answered without it. A gap of both tracks may
/// last an hour; it has windows without answers.
public final class FrameStream {
  /// How frames and samples are read.
  public struct Options: Sendable {
    /// From one window to the next.
    public var hop = WindowSchedule.usualHop
    /// Whom to follow; `.none` where frames are aligned faces already.
    public var face = FaceChoice.largest
    /// Places the eyes exactly.
    public var landmarks: LandmarkModel?
    /// Which tracks there are; one that there is not is not waited for.
    public var hasVideo = true
    public var hasAudio = true

    public init() {}
  }

  /// The longest time in which nothing comes. Each hop of it is a window, and one call gives them all.
  private static let longestGap = Instant(nanoseconds: 3_600_000_000_000)

  private let recognizer: Recognizer
  private let follower: PictureFollower
  private var assembler: WindowAssembler<FaceCrop>
  private var windows: WindowAnswers<FaceCrop>
  /// The latest time that came.
  private var last = Instant.zero

  init(_ model: ChosenModel, _ options: Options, threads: Int?) throws {
    let schedule = WindowSchedule(hop: options.hop)
    follower = try PictureFollower(
      faces: options.face, framing: model.framing, following: model.following, schedule: schedule,
      landmarks: options.landmarks)
    recognizer = try model.recognizer(threads: threads)
    assembler = WindowAssembler(
      schedule: schedule, video: options.hasVideo, audio: options.hasAudio, evidence: model.summary.evidence)
    windows = WindowAnswers(
      model: model.summary, hasVideo: options.hasVideo, hasAudio: options.hasAudio, of: "stream")
  }

  /// Takes the next frame.
  /// - Parameters:
  ///   - rgb: rows from the top, three bytes a pixel, no padding.
  ///   - width: in pixels.
  ///   - height: in pixels.
  ///   - seconds: when it was taken, on the stream's time line, which begins at 0.
  /// - Returns: the windows that have become complete, in their order.
  /// - Throws: `MediaError` where it is no picture, or its time is not later than the last one's or more than an hour after
  ///   all that came before; what the model throws.
  public func push(rgb: [UInt8], width: Int, height: Int, at seconds: Double) throws -> [EmotionResult] {
    let time = try instant(seconds)
    if let frame = try follower.receive(rgb: rgb, width: width, height: height, time: time) {
      assembler.receive(frame)
    }
    last = max(last, time)
    return try answers()
  }

  /// Takes the next samples.
  /// - Parameters:
  ///   - samples: mono, 16 000 a second, from −1 to 1; at most a minute of them.
  ///   - seconds: when the first one sounded.
  /// - Returns: as for a frame.
  /// - Throws: `MediaError` for more than a minute at once, or a time that is more than an hour after all that came before;
  ///   what the model throws.
  public func push(samples: [Float], at seconds: Double) throws -> [EmotionResult] {
    guard samples.count <= assembler.capacity.samples else { throw problem("more than a minute of samples at once") }
    let time = try instant(seconds)
    assembler.receive(AudioChunk(start: time, samples: samples))
    last = max(last, time)
    return try answers()
  }

  /// Nothing follows.
  /// - Returns: the windows that are left.
  /// - Throws: as for a frame.
  public func finish() throws -> [EmotionResult] {
    if let frame = try follower.finish() { assembler.receive(frame) }
    assembler.endVideo()
    assembler.endAudio()
    return try answers()
  }

  private func answers() throws -> [EmotionResult] {
    var results: [EmotionResult] = []
    while let window = assembler.next() {
      let (pending, question) = windows.take(window)
      let began = MonotonicClock.now()
      let outputs = try question.map(recognizer.outputs)
      let taken = outputs.map { _ in Double(MonotonicClock.now() - began) / 1e6 }
      results += windows.answer(pending, outputs: outputs ?? [], milliseconds: taken)
    }
    return results
  }

  private func instant(_ seconds: Double) throws -> Instant {
    // A century; nanoseconds must fit 64 bits.
    guard seconds >= 0, seconds < 3.2e9 else { throw problem("there is no time of \(seconds) s") }
    let time = Instant(seconds: seconds)
    guard time <= last + Self.longestGap else {
      throw problem("\(seconds) s is more than an hour after \(last.seconds) s; a stream begins at 0 s")
    }
    return time
  }

  private func problem(_ message: String) -> MediaError {
    MediaError(library: "mien", operation: "take it", message: message, path: "frames in memory", kind: .badData)
  }
}
