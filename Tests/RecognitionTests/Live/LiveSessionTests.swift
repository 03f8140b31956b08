import Recognition
import RecognitionFixtures
import Signal
import Synchronization
import TestSupport
import Testing
import Threading

/// What a session's threads said, in order.
private final class Heard: Sendable {
  enum Entry: Sendable {
    case event(StreamEvent)
    case verdict(LiveSession.Verdict)
  }
  private let entries = Guarded<[Entry]>([])

  func add(_ entry: Entry) { entries.withLock { $0.append(entry) } }
  var all: [Entry] { entries.withLock { $0 } }
  var events: [StreamEvent] { all.compactMap { if case .event(let event) = $0 { event } else { nil } } }
  var frames: [(index: Int, accepted: Bool)] {
    all.compactMap { if case .verdict(.frame(let index, _, _, let accepted)) = $0 { (index, accepted) } else { nil } }
  }
  var sounds: [(id: Int, accepted: Bool)] {
    all.compactMap { if case .verdict(.sound(let id, let accepted)) = $0 { (id, accepted) } else { nil } }
  }
}

/// A gate that a sink can stand at.
private final class Gate: @unchecked Sendable {
  // @unchecked because `isOpen` changes only while `condition` is locked.
  private let condition = Condition()
  private var isOpen = false

  func open() {
    condition.locked {
      isOpen = true
      condition.wakeAll()
    }
  }

  func pass() { condition.locked { while !isOpen { condition.wait(until: nil) } } }
}

@Suite struct LiveSessionTests {
  private static let crop = FaceCrop(side: 160, pixels: [UInt8](repeating: 90, count: 160 * 160 * 3))

  private static func frame(_ index: Int) -> FaceFrame<FaceCrop> {
    let interval = Instant(nanoseconds: 40_000_000)
    let face = FollowedFace(
      id: 0, box: PixelBox(x: 0, y: 0, width: 9, height: 9),
      square: FaceSquare(centerX: 4, centerY: 4, side: 9))
    return FaceFrame(index: index, time: index * interval, duration: interval, face: face, crop: crop)
  }

  private static func sound(_ index: Int, zero: Int64) -> CapturedAudio {
    CapturedAudio(samples: .init(repeating: 1000, count: 1600), time: zero + Int64(index) * 100_000_000)
  }

  private func session(
    _ heard: Heard, zero: Int64, failingRun: Int? = nil, losses: LiveLosses = LiveLosses(),
    sink: @escaping @Sendable (StreamEvent) -> Void = { _ in }
  ) throws -> LiveSession {
    let classifier = FormulaClassifier()
    classifier.failure = failingRun.map { ($0, nil) }
    return LiveSession(
      header: LiveStage.header(zero: zero), recognizer: try Recognizer(classifier: classifier, model: .three),
      wall: { "2026-01-02T03:04:05.678Z" }, losses: { losses }, verdict: { heard.add(.verdict($0)) },
      sink: {
        heard.add(.event($0))
        sink($0)
      })
  }

  /// Three threads bring things, one stops; everything is used and every verdict comes before the line that needs it.
  @Test func threadsCarryEverything() throws {
    let (heard, zero) = (Heard(), MonotonicClock.now())
    let session = try session(heard, zero: zero, losses: LiveLosses(frames: 5, samples: 7))
    session.device(.camera, .opened, "usb-cam opened")
    session.device(.microphone, .opened, "microphone opened")
    let camera = NamedThread("camera") { for i in 0..<250 { session.frame(Self.frame(i)) } }
    let microphone = NamedThread("microphone") {
      for i in 0..<100 { session.sound(Self.sound(i, zero: zero), id: i) }
    }
    let watcher = NamedThread("watcher") { for _ in 0..<20 { session.say(.stream, .info, "a reader came") } }
    for thread in [camera, microphone, watcher] { thread.join() }
    session.stop(.sigint)
    let outcome = session.wait()

    #expect(outcome.failure == nil && outcome.closed.reason == .sigint)
    #expect(heard.frames.map(\.index) == Array(0..<250) && heard.sounds.map(\.id) == Array(0..<100))
    #expect(heard.frames.allSatisfy(\.accepted) && heard.sounds.allSatisfy(\.accepted))
    let closed = outcome.closed
    // 2.56 + 0.32 k ≤ 10.
    #expect(closed.windows + closed.skipped == 24 && closed.windows >= 2 && closed.windows == closed.answered)
    #expect(heard.events.statuses.count { $0.code == .stream } == 20)
    #expect(closed.counts.framesIn == 255 && closed.live?.framesDroppedInside == 5 && closed.live?.audioDropped == 7)
    #expect(heard.events.closed == closed)
    #expect(!session.frame(Self.frame(251)) && !session.sound(Self.sound(101, zero: zero), id: 101))

    var (seen, known) = (-1, -1)
    for entry in heard.all {
      switch entry {
      case .verdict(.frame(let index, _, _, _)): seen = index
      case .verdict(.sound(let id, _)): known = id
      case .event(.result(let result)):
        #expect(Double(seen) * 0.04 > result.end.seconds - 0.161)
        #expect(Double(known + 1) * 0.1 >= result.end.seconds)
      default: break
      }
    }
  }

  @Test func aModelThatFailsEndsItAndFreesThoseWhoWait() throws {
    let (heard, zero) = (Heard(), MonotonicClock.now())
    let session = try session(heard, zero: zero, failingRun: 2)
    for i in 0..<100 { session.sound(Self.sound(i, zero: zero), id: i) }
    // More frames than fit: the thread would wait for ever if the session's end did not free it.
    let camera = NamedThread("camera") { for i in 0..<10_000 { if !session.frame(Self.frame(i)) { break } } }
    let outcome = session.wait()
    camera.join()
    #expect(outcome.failure as? RecognitionError == .notFinite(label: "anger"))
    #expect(outcome.closed.reason == .error && outcome.closed.windows == 1)
  }

  /// While the session thread is held up, sound drops the oldest and never waits; frames wait.
  @Test func aHeldUpSessionDoesNotHoldUpTheMicrophone() throws {
    let (heard, gate, zero) = (Heard(), Gate(), MonotonicClock.now())
    let session = try session(heard, zero: zero) { event in if case .created = event { gate.pass() } }
    for i in 0..<150 { #expect(session.sound(Self.sound(i, zero: zero), id: i)) }
    let done = Atomic<Int>(0)
    let camera = NamedThread("camera") {
      for i in 0..<100 {
        session.frame(Self.frame(i))
        done.store(i + 1, ordering: .relaxed)
      }
    }
    while done.load(ordering: .relaxed) < 64 { MonotonicClock.wait(until: MonotonicClock.now() + 1_000_000) }
    MonotonicClock.wait(until: MonotonicClock.now() + 20_000_000)
    #expect(done.load(ordering: .relaxed) == 64)
    gate.open()
    camera.join()
    session.stop(.sigterm)
    let closed = session.wait().closed
    // 10 s fit; the first five got no verdict.
    #expect(heard.sounds.map(\.id) == Array(50..<150) && closed.live?.audioDropped == 50 * 1600)
    #expect(heard.frames.map(\.index) == Array(0..<100) && closed.counts.framesIn == 100)
  }

  @Test func itStopsWithoutAnyDevice() throws {
    let heard = Heard()
    let session = try session(heard, zero: MonotonicClock.now())
    session.stop(.sigint)
    let outcome = session.wait()
    #expect(outcome.closed.windows == 0 && outcome.failure == nil)
    #expect(heard.events.count == 3 && heard.events.closed == outcome.closed)
  }

  /// Nothing comes, so only time makes the lines.
  @Test func timeAloneMakesLines() throws {
    let (heard, zero) = (Heard(), MonotonicClock.now() - 2_560_000_000)
    let session = try session(heard, zero: zero)
    MonotonicClock.wait(until: zero + 3_100_000_000)
    session.stop(.sigint)
    let closed = session.wait().closed
    #expect(closed.windows >= 1 && closed.answered == 0)
    #expect(heard.events.results.allSatisfy { (100...400).contains($0.live?.captureToEmit ?? 0) })
  }
}
