@testable import Media

/// A camera that does what a script says, on a clock that only it moves.
final class ScriptedCamera: CameraDevice {
  /// What happens while it is open.
  enum Act {
    /// So many frames, one every `every` milliseconds.
    case frames(Int, every: Int64)
    /// One frame with these numbers, `after` milliseconds; `stamp` relative to its arrival, nil: no such clock.
    case frame(after: Int64 = 33, sequence: UInt32, stamp: Int64? = 0)
    case quiet(Int64)
    /// Buffers without a picture.
    case broken(Int, every: Int64)
    case lost(CameraLoss)
    case ended
  }

  /// One `open` and what follows until `close`.
  enum Round {
    case refused(MediaError)
    case runs(path: String = "/dev/video0", rate: Double? = 30, remedy: String? = nil, [Act])
  }

  /// Monotonic nanoseconds.
  private(set) var now: Int64 = 1_000_000_000
  private(set) var opens = 0
  private(set) var closes = 0
  private var rounds: [Round]
  private var acts: [Act] = []
  private var due: Int64?
  private var sequence: UInt32 = 0

  init(_ rounds: [Round]) { self.rounds = rounds }

  func open() throws -> CameraOpening {
    opens += 1
    // The last round goes on for ever.
    let round = rounds.count > 1 ? rounds.removeFirst() : rounds[0]
    guard case .runs(let path, let rate, let remedy, let acts) = round else {
      if case .refused(let error) = round { throw error }
      fatalError("no such round")
    }
    (self.acts, due, sequence) = (acts, nil, 0)
    return CameraOpening(info: info(path), mode: mode(rate), lowLightRemedy: remedy)
  }

  func info(_ path: String) -> CameraInfo {
    CameraInfo(name: "scripted", path: path, card: "scripted", driver: "none", bus: "here", formats: [])
  }

  func mode(_ rate: Double?) -> CameraMode {
    CameraMode(format: .yuyv, code: "YUYV", width: 4, height: 2, rate: rate)
  }

  func close() { closes += 1 }

  func next(until deadline: Int64) -> CameraReading {
    guard let act = acts.first else { return pass(until: deadline) }
    switch act {
    case .lost(let loss): return done(.lost(loss))
    case .ended: return done(.ended)
    case .quiet(let milliseconds):
      if arrived(milliseconds, deadline) { acts.removeFirst() }
      return .nothing
    case .frames(let count, let every):
      guard arrived(every, deadline) else { return .nothing }
      acts[0] = .frames(count - 1, every: every)
      if count == 1 { acts.removeFirst() }
      return frame(sequence, 0)
    case .broken(let count, let every):
      guard arrived(every, deadline) else { return .nothing }
      acts[0] = .broken(count - 1, every: every)
      if count == 1 { acts.removeFirst() }
      sequence += 1
      return .passedOver
    case .frame(let after, let number, let stamp):
      guard arrived(after, deadline) else { return .nothing }
      acts.removeFirst()
      return frame(number, stamp)
    }
  }

  private func frame(_ number: UInt32, _ stamp: Int64?) -> CameraReading {
    sequence = number &+ 1
    return .frame(
      DeviceFrame(
        stamp: stamp.map { now + $0 * 1_000_000 }, arrival: now, sequence: number,
        bytes: [UInt8](repeating: 128, count: 16)))
  }

  private func done(_ reading: CameraReading) -> CameraReading {
    acts.removeFirst()
    return reading
  }

  private func pass(until deadline: Int64) -> CameraReading {
    now = max(now, deadline)
    return .nothing
  }

  /// Moves the clock on, to the deadline at most.
  private func arrived(_ milliseconds: Int64, _ deadline: Int64) -> Bool {
    let time = due ?? now + milliseconds * 1_000_000
    guard time <= deadline else {
      due = time
      now = max(now, deadline)
      return false
    }
    (due, now) = (nil, max(now, time))
    return true
  }

  /// What a keeper would tell of `seconds` with it, as lines; frames only counted.
  func told(_ seconds: Double, _ heard: (CameraEvent) -> Void = { _ in }) -> Told {
    let start = now
    let end = start + Int64(seconds * 1e9)
    var pump = CameraPump(self, now: { self.now })
    var told = Told()
    while now < end, told.turns < 1_000_000 {
      told.turns += 1
      let rest = pump.turn { event in
        heard(event)
        told.add(event, at: Double(now - start) / 1e9)
      }
      if case .wait(let deadline) = rest { now = max(now, deadline) }
      if rest == .finished { break }
    }
    told.counters = pump.watch.counters
    return told
  }

  struct Told {
    var lines: [String] = []
    var frames: [CapturedFrame] = []
    var turns = 0
    var counters = CameraCounters()

    mutating func add(_ event: CameraEvent, at seconds: Double) {
      let time = "\((seconds * 100).rounded() / 100)"
      switch event {
      case .opened(let info, _): lines.append("\(time) opened \(info.path)")
      case .frame(let frame): frames.append(frame)
      case .frozen(let seconds): lines.append("\(time) frozen \((seconds * 10).rounded() / 10)")
      case .thawed(let seconds): lines.append("\(time) thawed \((seconds * 10).rounded() / 10)")
      case .slow(let measured, let promised, let remedy):
        lines.append("\(time) slow \(measured.rounded()) of \(promised): \(remedy ?? "n/a")")
      case .lost(let loss): lines.append("\(time) lost \(loss)")
      case .waiting(let error): lines.append("\(time) waiting \(error.message)")
      case .ended: lines.append("\(time) ended")
      }
    }
  }
}
