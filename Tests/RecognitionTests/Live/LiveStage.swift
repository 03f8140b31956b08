import Recognition
import RecognitionFixtures
import Signal

/// A camera, a microphone and a model made up, in virtual time: plays `LiveCore` through minutes in milliseconds.
struct LiveStage {
  static let zero: Int64 = 5_000_000_000
  static let hop = Instant(nanoseconds: 320_000_000)

  var core: LiveCore<FaceCrop>
  private(set) var now = LiveStage.zero
  /// What was said, and when.
  private(set) var said: [(at: Int64, event: StreamEvent)] = []
  /// Gets what is said instead of `said`, for hours of it.
  var listener: ((Int64, StreamEvent) -> Void)?
  /// What was handed over, and how much of it was refused.
  private(set) var (frames, chunks, lateFrames, lateChunks) = (0, 0, 0, 0)
  private(set) var closed: SessionClosed?
  /// What the queues ahead would say.
  var losses = LiveLosses()

  /// Devices that deliver.
  var camera = true
  var microphone = true
  /// From the moment to its arrival.
  var frameDelay: Int64 = 60_000_000
  var soundDelay: Int64 = 50_000_000
  /// Nothing arrives before this; then all at once.
  var soundHeldUntil = Int64.min
  var modelTime: Int64 = 40_000_000
  /// The run of the model that throws.
  var failingRun: Int?
  var hasFace = true
  /// Whether the microphone gives zeros.
  var isMuted = false
  /// Somebody else, behind the face in front.
  var hasSecondFace = false
  /// Nanoseconds by which 20 ms of the sound card are longer by the session's clock; slips make up for it.
  var soundSkew: Int64 = 0
  /// Places the sound by stamps that are late now and then, as a microphone does; nil: the stage makes the slips.
  var soundClock: AudioClock?
  /// At these multiples there is a click of 10 ms in the sound and a flash in the frame of that moment.
  var clapInterval: Int64?
  /// Sees every window that goes to the model.
  var inspector: ((Window<FaceCrop>) -> Void)?
  /// Sees what windows can see and hear.
  var recorder: ((FaceFrame<FaceCrop>?, CapturedAudio?) -> Void)?

  private var nextFrame = LiveStage.zero
  /// When the next chunk begins, truly and by its stamp, which only slips can move.
  private var nextSound = LiveStage.zero
  private var stamp: Int64?
  private var (index, runs) = (0, 0)
  private var answerDue: Int64?
  /// Of the question in flight.
  private var parts = 0
  /// Which frame a crop is of shows in its pixels; 255 is the flash.
  private let crops = (0..<250).map { FaceCrop(side: 8, pixels: [UInt8](repeating: $0, count: 192)) }
  private let flash = FaceCrop(side: 8, pixels: [UInt8](repeating: 255, count: 192))
  private var jitter = Jitter()
  private let samples = (0..<320).map { Int16(($0 * 7919) % 2000 - 1000) }

  init(
    camera: Bool = true, microphone: Bool = true, model: ModelSummary = .three, people: AnsweredPeople = .front,
    policy: LivePolicy = LivePolicy()
  ) {
    let header = Self.header(camera: camera, microphone: microphone, model: model)
    core = LiveCore(header: header, people: people, policy: policy) { "2026-01-02T03:04:05.678Z" }
    (self.camera, self.microphone) = (camera, microphone)
    core.start(now: now)
    act()
  }

  static func header(
    camera: Bool = true, microphone: Bool = true, model: ModelSummary = .three, zero: Int64 = LiveStage.zero
  ) -> SessionCreated {
    SessionCreated(
      version: "0.0.0",
      source: .init(
        camera: camera ? .init(name: "usb-cam", path: "/dev/video0") : nil,
        microphone: microphone ? .init(name: "alsa_input.usb") : nil,
        video: camera ? .init(width: 640, height: 480, fps: 30, codec: "mjpeg") : nil, audio: nil),
      model: model, hop: hop, face: "largest", wall: "2026-01-02T03:04:05.678Z", zero: zero)
  }

  /// Both devices open at once.
  static func open(
    model: ModelSummary = .three, people: AnsweredPeople = .front, policy: LivePolicy = LivePolicy()
  ) -> LiveStage {
    var stage = LiveStage(model: model, people: people, policy: policy)
    stage.report(.camera, .opened)
    stage.report(.microphone, .opened)
    return stage
  }

  /// Time and everything that happens in it, up to so many seconds of the session.
  mutating func play(to seconds: Double) {
    let end = Self.zero + Int64(seconds * 1e9)
    while closed == nil {
      let frame = nextFrame + frameDelay
      // A chunk is there once its last sample is.
      let sound = max(nextSound + 20_000_000 + soundDelay, soundHeldUntil)
      let next = max(min(frame, sound, core.nextTick, answerDue ?? .max), now)
      guard next <= end else { break }
      now = next
      if let due = answerDue, due <= now { answer() }
      if frame <= now { sendFrame() }
      if sound <= now { sendSound() }
      core.tick(now: now)
      act()
    }
    now = max(now, end)
  }

  mutating func report(_ device: LiveDevice, _ change: LiveDevice.Change) {
    if device == .microphone, change == .lost { deliver(soundClock?.interrupt() ?? []) }
    core.device(device, change, "the \(device) is \(change)", now: now)
    act()
  }

  /// Stops, and lets the model finish.
  mutating func stop(_ reason: SessionClosed.Reason = .sigint) {
    core.stop(reason, now: now)
    act()
    while closed == nil, let due = answerDue {
      now = max(now, due)
      answer()
      act()
    }
  }

  private mutating func sendFrame() {
    if camera {
      let isFlash = clapInterval.map { (nextFrame - Self.zero) % $0 > $0 - 33_333_333 } ?? false
      let ids = (hasFace ? [0] : []) + (hasSecondFace ? [1] : [])
      let faces = ids.map { id in
        FaceFrame<FaceCrop>.Face(
          FollowedFace(
            id: id, box: PixelBox(x: 10, y: 20, width: 100, height: 100),
            square: FaceSquare(centerX: 60, centerY: 70, side: 104)), crop: isFlash ? flash : crops[index % 250])
      }
      let frame = FaceFrame(
        index: index, time: Instant(nanoseconds: nextFrame - Self.zero), duration: Instant(nanoseconds: 33_333_333),
        faces: faces)
      let accepted = core.receive(frame, now: now)
      if accepted { recorder?(frame, nil) }
      frames += 1
      if !accepted { lateFrames += 1 }
      index += 1
    }
    nextFrame += 33_333_333
  }

  private mutating func sendSound() {
    if soundClock != nil {
      if microphone {
        let samples = heard(from: nextSound - Self.zero)
        deliver(soundClock?.place(samples, stamp: nextSound + jitter.next()) ?? [])
      }
    } else if microphone {
      let from = stamp ?? nextSound
      let slip = Int((nextSound - from) / 62_500)
      let sound = CapturedAudio(samples: heard(from: nextSound - Self.zero), time: from, slip: slip, gap: stamp == nil)
      deliver([sound])
      stamp = from + 20_000_000 + Int64(slip) * 62_500
    } else {
      stamp = nil
    }
    nextSound += 20_000_000 + soundSkew
  }

  private mutating func deliver(_ placed: [CapturedAudio]) {
    for sound in placed {
      let accepted = core.receive(sound, now: now)
      if accepted { recorder?(nil, sound) }
      chunks += 1
      if !accepted { lateChunks += 1 }
    }
  }

  /// How late a stamp is: 1 ms at most, but one in 64 up to 30 ms.
  private struct Jitter {
    private var state: UInt64 = 1

    mutating func next() -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let (value, kind) = (Int64(state >> 33), state >> 20 & 63)
      return kind == 0 ? value % 30_000_000 : value % 1_000_000
    }
  }

  /// Quiet noise, with the click where it truly is.
  private func heard(from start: Int64) -> [Int16] {
    if isMuted { return [Int16](repeating: 0, count: samples.count) }
    guard let clapInterval else { return samples }
    let clap = (start + 20_000_000) / clapInterval * clapInterval
    guard clap > 0, clap + 10_000_000 > start else { return samples }
    let first = Int((clap - start) / 62_500)
    var samples = samples
    for i in max(first, 0)..<min(first + 160, 320) { samples[i] = i % 4 < 2 ? 20_000 : -20_000 }
    return samples
  }

  private mutating func answer() {
    answerDue = nil
    runs += 1
    if runs == failingRun {
      core.answered(.failure(RecognitionError.notFinite(label: "anger")), milliseconds: 1, now: now)
    } else {
      let outputs = [[Float]](repeating: [1, 2, 3], count: parts)
      core.answered(.success(outputs), milliseconds: Double(modelTime) / 1e6, now: now)
    }
  }

  private mutating func act() {
    take()
    if core.isOver {
      closed = core.close(losses: losses, now: now)
      take()
    }
  }

  private mutating func take() {
    for action in core.takeActions() {
      switch action {
      case .emit(let event): if let listener { listener(now, event) } else { said.append((now, event)) }
      case .classify(let question):
        inspector?(question.window)
        precondition(answerDue == nil, "two windows in flight")
        (answerDue, parts) = (now + modelTime, question.parts.count)
      }
    }
  }
}

extension LiveStage {
  var events: [StreamEvent] { said.map(\.event) }
  var results: [EmotionResult] { events.results }
  /// Codes of devices and of being behind; those of faces and sounds follow from them.
  var codes: [StreamStatus.Code] { events.codes }

  /// Seconds of the session at which a code was first said.
  func time(of code: StreamStatus.Code) -> Double? {
    said.first { if case .status(let status) = $0.event { status.code == code } else { false } }
      .map { Double($0.at - Self.zero) / 1e9 }
  }

  /// What is wrong with the order of lines: every window from 0 on has exactly one result or place in a `behind`.
  var gaps: [String] {
    var (next, wrong) = (0, [String]())
    for event in events {
      switch event {
      case .result(let result):
        if result.sequence != next { wrong.append("window \(result.sequence) where \(next) was due") }
        next = result.sequence + 1
      case .status(let status):
        guard let range = status.sequences else { continue }
        if range.lowerBound != next { wrong.append("skipped \(range) where \(next) was due") }
        next = range.upperBound + 1
      default: break
      }
    }
    return wrong
  }

  /// Milliseconds from the end of each window in a stretch of seconds to its line.
  func lateness(_ seconds: ClosedRange<Double>) -> [Double] {
    results.filter { seconds.contains($0.end.seconds) }.compactMap { $0.live?.captureToEmit }
  }

  /// Whether each of the windows that end in a stretch has an answer.
  func answers(_ seconds: ClosedRange<Double>) -> Set<Bool> {
    Set(results.filter { seconds.contains($0.end.seconds) }.map { $0.estimate != nil })
  }
}
