public import Signal
internal import Threading

/// The picture thread of a live session: captured frames go in, frames with the face in front come out.
///
/// Frames wait in a ring of 8; when following does not keep up, the oldest are dropped and counted. Whether a frame's
/// crop is wanted depends on when the next one comes, so a frame comes out when its successor is there, or when none
/// came for 0.25 s, or when the camera is said to be lost.
///
/// `push`, `cameraLost` and `counters` may be called from any thread; frames come in order of time.
public final class LiveVideo: @unchecked Sendable {
  // @unchecked because `decoder` and `watcher` are used by the picture thread alone once it runs, what is counted changes
  // only inside `condition`, and `strand` is written and read by the owner who starts and stops.

  /// Whose face is followed, how it is framed, and which frames are cropped.
  public struct Options {
    public var faces = FaceChoice.largest
    public var framing = FaceFraming()
    /// How a face is followed from picture to picture.
    public var following = FaceFollowingPolicy()
    /// Which frames are cropped: those that a window of this schedule asks for.
    public var schedule = WindowSchedule()
    /// Used by the picture thread from `start` to `stop`, so by nobody else.
    public var landmarks: LandmarkModel?

    public init() {}
  }

  /// How many frames went through the picture thread since it was made.
  public struct Counters: Hashable, Sendable {
    /// Frames that came in, and frames that went out to the sink.
    public var pushed = 0, finished = 0
    /// Frames that the full ring dropped, or that waited when it stopped.
    public var dropped = 0
    /// Frames that are no whole picture, or that could not be looked at.
    public var broken = 0
    /// What was wrong with the last frame that could not be looked at; nil: nothing but pictures cut short.
    public var lastError: String?

    public init() {}
  }

  /// Frames that may wait.
  public static let capacity = 8
  /// Silence of the camera after which the held frame comes out.
  public static let patience = Instant(nanoseconds: 250_000_000)
  /// How long `stop` goes on with what waits: a slow machine may need seconds for one frame.
  public static let closing = Instant(nanoseconds: 500_000_000)

  private enum Item: Sendable {
    /// `position`: frames known to exist up to this one, lost ones included.
    case frame(CapturedFrame, position: Int)
    case lost
  }

  /// The windows for which frames are cut.
  public let schedule: WindowSchedule
  private let ring = BoundedQueue<Item>(capacity: capacity, policy: .dropOldest) {
    if case .frame = $0 { 1 } else { 0 }
  }
  private let decoder: CapturedDecoder
  private let watcher: FaceWatcher
  private let sink: @Sendable (FaceFrame<FaceCrop>) -> Void
  private let condition = Condition()
  private var counted = Counters()
  private var position = 0
  /// When stopping: the time after which waiting frames are dropped.
  private var giveUp = Int64.max
  private var thread: NamedThread?

  /// Makes the face detector, which takes a moment.
  ///
  /// - Parameters:
  ///   - path: names the camera in messages.
  ///   - options: how faces are found and framed.
  ///   - sink: called on the picture thread, in order of time.
  /// - Throws: `MediaError` if there is no face detector.
  public init(
    path: String, options: Options = Options(), sink: @escaping @Sendable (FaceFrame<FaceCrop>) -> Void
  ) throws {
    let schedule = options.schedule
    self.schedule = schedule
    self.sink = sink
    decoder = CapturedDecoder(path: path)
    watcher = try FaceWatcher(
      path: path, faces: options.faces, framing: options.framing, following: options.following,
      landmarks: options.landmarks
    ) { schedule.wants(frameAt: $1, next: $2) }
  }

  /// Starts the thread; frames that came before wait in the ring. Called once.
  ///
  /// - Parameter zero: the session's zero, nanoseconds of CLOCK_MONOTONIC.
  public func start(zero: Int64) {
    precondition(thread == nil, "started twice")
    let work = Work(decoder: decoder, watcher: watcher, zero: zero)
    thread = NamedThread("mien-picture") { [self] in run(work) }
  }

  /// Never waits.
  public func push(_ frame: CapturedFrame) {
    // Pushed inside the lock, so that positions are in the order of the ring.
    condition.locked {
      position += frame.droppedBefore + 1
      counted.pushed += 1
      for case .frame in ring.push(.frame(frame, position: position)) { counted.dropped += 1 }
    }
  }

  /// No frame follows for now: the held frame comes out.
  public func cameraLost() { ring.push(.lost) }

  /// Takes no more frames. The waiting frames come out, and the thread ends.
  /// - Parameter limit: frames that still wait after this are dropped and counted.
  public func stop(within limit: Instant = closing) {
    condition.locked { giveUp = MonotonicClock.now() + limit.nanoseconds }
    ring.close()
    thread?.join()
  }

  public var counters: Counters { condition.locked { counted } }

  /// What the thread works with, and nobody else.
  private final class Work: @unchecked Sendable {
    // @unchecked because it is made by the owner and handed to the thread before it starts.
    let decoder: CapturedDecoder
    let watcher: FaceWatcher
    let zero: Int64
    /// Position of the last frame that is followed; those between it and the next are lost.
    var position = 0

    init(decoder: CapturedDecoder, watcher: FaceWatcher, zero: Int64) {
      (self.decoder, self.watcher, self.zero) = (decoder, watcher, zero)
    }

    func take(_ frame: CapturedFrame, position new: Int) throws -> TimedPicture? {
      guard let picture = try decoder.decode(frame) else { return nil }
      return TimedPicture(
        picture: picture, time: Instant(nanoseconds: frame.time - zero), duration: .zero,
        droppedBefore: new - position - 1)
    }
  }

  private func run(_ work: Work) {
    // When the held frame comes out at the latest; nil: none is held. Broken frames do not put it off.
    var deadline: Int64?
    while true {
      switch ring.pop(until: deadline) {
      case .element(.frame(let frame, let position)):
        guard MonotonicClock.now() < condition.locked({ giveUp }) else {
          condition.locked { counted.dropped += 1 }
          continue
        }
        attempt {
          guard let picture = try work.take(frame, position: position) else {
            condition.locked { counted.broken += 1 }
            return
          }
          deliver(try work.watcher.finish(next: picture.time))
          try work.watcher.hold(picture, index: frame.index)
          work.position = position
          deadline = MonotonicClock.now() + Self.patience.nanoseconds
        }
      case .element(.lost), .timeout:
        attempt { deliver(try work.watcher.flush()) }
        deadline = nil
      case .closed:
        attempt { deliver(try work.watcher.flush()) }
        return
      }
    }
  }

  /// One frame that cannot be looked at must not end a live session.
  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch {
      condition.locked {
        counted.broken += 1
        counted.lastError = String(describing: error)
      }
    }
  }

  private func deliver(_ frame: FaceFrame<FaceCrop>?) {
    guard let frame else { return }
    condition.locked { counted.finished += 1 }
    sink(frame)
  }
}
