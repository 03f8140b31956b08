internal import Files
internal import Signal
internal import Threading

/// Reads a sound file and gives its fragments in time, on the thread that calls `run()`.
final class FilePlayer: @unchecked Sendable {
  // @unchecked because `isStopped` changes only while the condition is locked; the rest is the running thread's alone.

  private static let fragment = AudioChunk.rate / 50
  private static let period: Int64 = 1_000_000_000 / Int64(AudioChunk.rate)

  private let path: String
  private let start: Int64
  private let loop: Bool
  private let choice: TrackChoice?
  private let sink: @Sendable (MicrophoneEvent) -> Void
  private let track: AudioTrack
  private let first: AudioChunk
  private let condition = Condition()
  private var isStopped = false

  init(
    _ path: String, start: Int64?, loop: Bool, track choice: TrackChoice? = nil,
    sink: @escaping @Sendable (MicrophoneEvent) -> Void
  ) throws {
    (self.path, self.loop, self.choice, self.sink) = (path, loop, choice, sink)
    track = try Self.open(path, choice)
    guard let first = try track.next() else {
      throw MediaError(
        library: "mien", operation: "read as sound", message: "it has no sound that can be decoded", path: path,
        kind: .badData)
    }
    (self.first, self.start) = (first, start ?? MonotonicClock.now())
  }

  func stop() {
    condition.locked {
      isStopped = true
      condition.wakeAll()
    }
  }

  func run() {
    sink(
      .opened(
        MicrophoneInfo(
          name: path, description: "file", rate: track.info.sampleRate, channels: track.info.channels, isMonitor: false,
          isDefault: false)))
    do {
      var end = try pass(track, first, zero: start)
      while loop, let time = end {
        let again = try Self.open(path, choice)
        guard let first = try again.next() else { break }
        end = try pass(again, first, zero: time - first.start.nanoseconds)
      }
      if end != nil { sink(.finished) }
    } catch let error as MediaError {
      sink(.lost(error))
    } catch {
      fatalError("\(error)")  // because reading throws nothing else
    }
  }

  /// Plays it once.
  /// - Returns: when its last sample has sounded; nil if stopped.
  private func pass(_ track: AudioTrack, _ first: AudioChunk, zero: Int64) throws -> Int64? {
    var time = zero + first.start.nanoseconds
    var waiting: [Int16] = []
    var gap = false
    var next: AudioChunk? = first
    while let chunk = next {
      let start = zero + chunk.start.nanoseconds
      if abs(start - time - Int64(waiting.count) * Self.period) > 2 * Self.period {
        guard give(&waiting, &time, &gap, least: 1) else { return nil }
        (time, gap) = (max(start, time), true)
      }
      waiting += chunk.samples.map(Self.rounded)
      guard give(&waiting, &time, &gap, least: Self.fragment) else { return nil }
      next = try track.next()
    }
    return give(&waiting, &time, &gap, least: 1) ? time : nil
  }

  /// Gives fragments as long as at least `least` samples wait; false if stopped.
  private func give(_ waiting: inout [Int16], _ time: inout Int64, _ gap: inout Bool, least: Int) -> Bool {
    var given = 0
    defer { waiting.removeFirst(given) }
    while waiting.count - given >= least {
      let samples = Array(waiting[given..<min(given + Self.fragment, waiting.count)])
      let end = time + Int64(samples.count) * Self.period
      guard sleep(until: end) else { return false }
      sink(.sound(CapturedAudio(samples: samples, time: time, gap: gap)))
      (time, gap) = (end, false)
      given += samples.count
    }
    return true
  }

  private func sleep(until deadline: Int64) -> Bool {
    condition.locked {
      while !isStopped, MonotonicClock.now() < deadline { condition.wait(until: deadline) }
      return !isStopped
    }
  }

  private static func rounded(_ sample: Float) -> Int16 {
    Int16(min(max((sample * 32768).rounded(), -32768), 32767))
  }

  private static func open(_ path: String, _ choice: TrackChoice?) throws -> AudioTrack {
    let source = try PacketSource(.file(path), wanted: [.sound], choices: TrackChoices(audio: choice))
    guard let track = try AudioTrack(source) else {
      throw MediaError(
        library: "mien", operation: "read its sound", message: "it has no sound track", path: path, kind: .badData)
    }
    return track
  }
}
