internal import Files
internal import Glibc
public import Media
public import Signal
internal import Threading

/// Writes a session folder while the session runs. It has its own thread behind a bounded queue, so callers never wait for
/// the disk.
///
/// Rows of tables and events reach the kernel as they are written, movies at most 0.2 s later, so a killed process leaves a
/// session that replays. It does not write the manifest.
///
/// When something cannot be written, recording ends, the files keep what they have, and `onFailure` is called once.
public final class SessionRecorder: Sendable {
  /// What one movie of the session holds.
  public struct Part: Hashable, Sendable {
    /// In the session folder.
    public var file: String
    /// Of its pictures, "mjpeg" or "ffv1"; nil: it has none.
    public var codec: String?
    public var width, height: Int
    /// Rows of frames.tsv before its first picture.
    public var firstFrame: Int
    public var frames = 0
    public var hasSound: Bool
    /// Samples of the session before its first.
    public var firstSample: Int
    public var samples = 0
  }

  /// What went in and what became of it.
  public struct Counters: Hashable, Sendable {
    /// Frames and chunks of sound in the session.
    public var frames = 0
    public var chunks = 0
    /// Frames that could not be stored, because bytes of them are missing.
    public var framesBroken = 0
    /// What found the queue full, and what came after recording had failed: frames, chunks, rows of faces.tsv, events.
    public var framesLost = 0
    public var chunksLost = 0
    public var facesLost = 0
    public var eventsLost = 0

    public init() {}
  }

  /// What a closed session holds.
  public struct Summary: Sendable {
    public var parts: [Part]
    public var counters: Counters
    /// What ended the recording early.
    public var failure: MediaError?
  }

  fileprivate enum Item: Sendable {
    case frame(CapturedFrame)
    /// The rows of one frame.
    case faces([SessionFaceRow])
    case sound(CapturedAudio, seen: Bool)
    case event([UInt8])

    /// Bytes that it holds in memory, about.
    var cost: Int {
      switch self {
      case .frame(let frame): 128 + frame.bytes.count
      case .faces(let rows): 256 * rows.count
      case .sound(let sound, _): 128 + 2 * sound.samples.count
      case .event(let line): 64 + line.count
      }
    }
  }

  private let queue: BoundedQueue<Item>
  private let thread: NamedThread
  private let writer: SessionWriter
  private let refused = Guarded(Counters())

  /// Starts a session in a folder that `SessionFolder.make` has made.
  /// - Parameters:
  ///   - folder: the session's.
  ///   - zero: the session's zero, nanoseconds of CLOCK_MONOTONIC.
  ///   - picture: whether there is a camera, or one may come: it gets a track from the start.
  ///   - sound: whether there is a microphone, or one may come; likewise.
  ///   - capacity: bytes that may wait for the disk; what comes beyond is refused and counted.
  ///   - flushes: false: movies reach the disk when their clusters are full, and the same items give the same bytes.
  ///   - onFailure: called on the recorder's thread, once.
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public init(
    folder: String, zero: Int64, picture: Bool, sound: Bool, capacity: Int = 256 << 20,
    flushes: Bool = true, onFailure: @escaping @Sendable (MediaError) -> Void
  ) throws {
    let writer = try SessionWriter(folder: folder, zero: zero, picture: picture, sound: sound)
    let queue = BoundedQueue<Item>(capacity: capacity, policy: .refuseNewest) { $0.cost }
    (self.queue, self.writer) = (queue, writer)
    thread = NamedThread("recorder") { writer.run(queue, flushes: flushes, onFailure: onFailure) }
  }

  /// Every captured frame.
  public func frame(_ frame: CapturedFrame) { push(.frame(frame)) { $0.framesLost += 1 } }

  /// Takes a frame that the recogniser accepted, with the faces that it followed there, the one in front first; in the order
  /// of frames.
  /// - Parameters:
  ///   - index: the frame's, `CapturedFrame.index`.
  ///   - faces: empty where there was no face.
  ///   - next: when the next frame was taken, nanoseconds of CLOCK_MONOTONIC, if that was known when this one was cut.
  public func faces(index: Int, faces: [FollowedFace], next: Int64?) {
    let rows = SessionFaceRow.rows(frame: index, faces: faces, next: next)
    push(.faces(rows)) { $0.facesLost += rows.count }
  }

  /// Every captured chunk, in order.
  /// - Parameters:
  ///   - sound: the chunk.
  ///   - seen: whether the recogniser took it.
  public func sound(_ sound: CapturedAudio, seen: Bool) {
    push(.sound(sound, seen: seen)) { $0.chunksLost += 1 }
  }

  /// One line of the stream as emitted, with its line break.
  public func line(_ bytes: [UInt8]) { push(.event(bytes)) { $0.eventsLost += 1 } }

  /// Writes what waits, ends the files and puts them on the disk. To be called once; nothing is taken after it.
  public func close() -> Summary {
    queue.close()
    thread.join()
    var summary = writer.summary
    let refused = refused.withLock { $0 }
    summary.counters.framesLost += refused.framesLost
    summary.counters.chunksLost += refused.chunksLost
    summary.counters.facesLost += refused.facesLost
    summary.counters.eventsLost += refused.eventsLost
    return summary
  }

  private func push(_ item: Item, _ count: (inout Counters) -> Void) {
    if !queue.push(item).isEmpty { refused.withLock { count(&$0) } }
  }
}

/// The recorder's thread: takes what comes and writes it.
private final class SessionWriter: @unchecked Sendable {
  // @unchecked because one thread at a time has it: who makes it, the recorder's, and who joined that one.

  private(set) var counters = SessionRecorder.Counters()
  private var failure: MediaError?
  private let movies: SessionMovies
  private let frames, chunks, faces, events: AppendFile
  private var firstSample = 0

  init(folder: String, zero: Int64, picture: Bool, sound: Bool) throws {
    func table<Row: SessionRow>(_: Row.Type) throws -> AppendFile {
      let file = try AppendFile(folder + "/" + Row.file)
      try file.write(Row.header)
      return file
    }
    frames = try table(SessionFrameRow.self)
    chunks = try table(SessionChunkRow.self)
    faces = try table(SessionFaceRow.self)
    events = try AppendFile(folder + "/" + SessionFolder.events)
    movies = SessionMovies(folder: folder, zero: zero, picture: picture, sound: sound)
  }

  var summary: SessionRecorder.Summary { .init(parts: movies.parts, counters: counters, failure: failure) }

  func run(_ queue: BoundedQueue<SessionRecorder.Item>, flushes: Bool, onFailure: (MediaError) -> Void) {
    func attempt(_ body: () throws -> Void) {
      guard failure == nil else { return }
      do { try body() } catch {
        failure =
          error as? MediaError
          ?? MediaError(
            library: "mien", operation: "record", message: "\(error)", path: events.path, kind: .cannotWrite)
        onFailure(failure!)  // because it was just set
      }
    }
    let interval = MovieWriter.cluster * 1_000_000
    var flushed = MonotonicClock.now()
    var isDirty = false
    while true {
      switch queue.pop(until: isDirty ? flushed + interval : nil) {
      case .element(let item):
        if !isDirty { flushed = MonotonicClock.now() }
        isDirty = flushes
        attempt { try write(item) }
        if failure != nil { lose(item) }
      case .timeout: break
      case .closed:
        // After a failure, too: there may be room for the little that players want at the end.
        if failure == nil { attempt { try movies.finish() } } else { try? movies.finish() }
        for file in [frames, chunks, faces, events] { file.sync() }
        return
      }
      if isDirty, MonotonicClock.now() >= flushed + interval {
        attempt { try movies.flush() }
        isDirty = false
      }
    }
  }

  private func write(_ item: SessionRecorder.Item) throws {
    switch item {
    case .frame(let frame):
      // The picture first: a row without its picture would move all that follow.
      guard try movies.add(frame) else {
        counters.framesBroken += 1
        return
      }
      let row = SessionFrameRow(
        frame: frame.index, time: frame.time, sequence: frame.sequence, droppedBefore: frame.droppedBefore)
      try frames.write(row.line)
      counters.frames += 1
    // One write, so that a killed process leaves all rows of a frame or none.
    case .faces(let rows): try faces.write(rows.map(\.line).joined())
    case .sound(let sound, let seen):
      try movies.add(sound.samples, time: sound.time)
      let row = SessionChunkRow(
        firstSample: firstSample, count: sound.samples.count, time: sound.time, gap: sound.gap, slip: sound.slip,
        seen: seen)
      try chunks.write(row.line)
      firstSample += sound.samples.count
      counters.chunks += 1
    case .event(let line): try events.write(line)
    }
  }

  private func lose(_ item: SessionRecorder.Item) {
    switch item {
    case .frame: counters.framesLost += 1
    case .sound: counters.chunksLost += 1
    case .faces(let rows): counters.facesLost += rows.count
    case .event: counters.eventsLost += 1
    }
  }
}
