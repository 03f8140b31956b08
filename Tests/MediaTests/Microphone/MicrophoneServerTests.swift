import Files
import Foundation
import Media
import Signal
import Testing
import Threading

/// With a real PulseAudio server of the test's own.
@Suite(.serialized, .enabled(if: PulseDaemon.isInstalled, "pulseaudio is not installed: make test installs it"))
struct MicrophoneServerTests {
  private func tone(seconds: Double) -> [Int16] {
    (0..<Int(seconds * 16_000)).map { Int16(16_384 * sin(2 * .pi * 1000 * Double($0) / 16_000)) }
  }

  /// Checks that times fit together, and gives the samples at their times.
  private func line(_ log: MicrophoneLog) -> [(time: Int64, sample: Int16)] {
    var end: Int64?
    var line: [(Int64, Int16)] = []
    for sound in log.sounds {
      if let end { #expect(sound.gap ? sound.time >= end : sound.time == end) }
      for (i, sample) in sound.samples.dropFirst(max(-sound.slip, 0)).enumerated() {
        line.append((sound.time + Int64(i + max(sound.slip, 0)) * 62_500, sample))
      }
      end = sound.time + Int64(sound.samples.count + sound.slip) * 62_500
    }
    return line
  }

  /// Plays quiet, a tone and quiet, and finds the tone's onset, in milliseconds after it was handed to pacat. A busy
  /// machine holds pacat up, so three tones may be tried; a stamp that is wrong is wrong for all of them.
  private func hear(_ daemon: PulseDaemon, _ log: MicrophoneLog) throws -> (late: Double, onset: Int64) {
    var best = (late: Double.infinity, onset: Int64(0))
    let quiet = [Int16](repeating: 0, count: 8000)
    for _ in 1...3 where abs(best.late) >= 30 {
      let start = try daemon.play(quiet + tone(seconds: 0.5) + quiet) + 500_000_000
      usleep(400_000)
      let loud = line(log).first { $0.time > start - 400_000_000 && abs(Int($0.sample)) > 1000 }
      let onset = try #require(loud).time
      let late = Double(onset - start) / 1e6
      if abs(late) < abs(best.late) { best = (late, onset) }
    }
    return best
  }

  private func opened(_ event: MicrophoneEvent) -> Bool { if case .opened = event { true } else { false } }

  @Test func listsAndCaptures() throws {
    let daemon = try PulseDaemon()
    let sources = try Microphones.list(server: daemon.server)
    #expect(sources.map(\.name).sorted() == ["mic", "nul.monitor"])
    #expect(sources.map(\.isMonitor) == sources.map { $0.name == "nul.monitor" })
    #expect(sources.filter(\.isDefault).count == 1)
    let log = MicrophoneLog()
    let keeper = try MicrophoneKeeper(wanted: "mic", server: daemon.server, sink: log.take)
    #expect(log.wait(3, opened) != nil)
    let (late, onset) = try hear(daemon, log)
    let before = MonotonicClock.now()
    keeper.stop()
    #expect(MonotonicClock.now() - before < 500_000_000)
    let line = line(log).filter { $0.time < onset + 900_000_000 }
    let inside = line.filter { (onset + 50_000_000..<onset + 450_000_000).contains($0.time) }
    let level = (inside.reduce(0.0) { $0 + pow(Double($1.sample) / 32768, 2) } / Double(inside.count)).squareRoot()
    let length = Double((line.last { abs(Int($0.sample)) > 1000 }?.time ?? 0) - onset) / 1e6
    print(
      "microphone: onset \(late) ms after it was handed to pacat; level \(level); length \(length) ms; "
        + "\(keeper.counters)")
    #expect(abs(late) < 40)
    #expect(abs(level - 0.5 / 2.0.squareRoot()) < 0.02)
    // Longer where pacat was held up amid it.
    #expect(length > 480)
    #expect(keeper.counters.clock.gaps == 0 && keeper.counters.dropped == 0)
  }

  @Test func serverKilledAndStartedAgain() throws {
    let daemon = try PulseDaemon()
    let log = MicrophoneLog()
    let keeper = try MicrophoneKeeper(wanted: "auto", server: daemon.server, sink: log.take)
    #expect(log.waitForSound(3))
    daemon.kill()
    #expect(log.wait(2) { if case .lost = $0 { true } else { false } } != nil)
    #expect(log.wait(2) { if case .waiting = $0 { true } else { false } } != nil)
    try daemon.start()
    let mark = log.events.count
    #expect(log.wait(4, from: mark, opened) != nil)
    #expect(log.waitForSound(3, from: mark))
    keeper.stop()
    #expect(log.words == ["opened mic", "lost", "waiting", "opened mic"])
    #expect(keeper.counters.clock.gaps == 1)
    _ = line(log)
  }

  /// Another source stays: the server would move the stream to it and say nothing.
  @Test func sourceRemovedAndBack() throws {
    let daemon = try PulseDaemon()
    let log = MicrophoneLog()
    let keeper = try MicrophoneKeeper(wanted: "mic", server: daemon.server, sink: log.take)
    #expect(log.waitForSound(3))
    try daemon.control("unload-module", "module-remap-source")
    #expect(log.wait(2) { if case .lost = $0 { true } else { false } } != nil)
    let waiting = log.wait(2) { if case .waiting = $0 { true } else { false } }
    if case .waiting(let error) = waiting {
      #expect(error.kind == .noInput && error.description.contains("mic"))
    } else {
      Issue.record("it does not wait")
    }
    let mark = log.events.count
    usleep(300_000)
    #expect(log.sounds.count == log.events.prefix(mark).filter { if case .sound = $0 { true } else { false } }.count)
    try daemon.control("load-module", "module-remap-source", "source_name=mic", "master=nul.monitor")
    #expect(log.wait(4, from: mark, opened) != nil)
    #expect(log.waitForSound(3, from: mark))
    keeper.stop()
    #expect(log.words == ["opened mic", "lost", "waiting", "opened mic"])
    _ = line(log)
  }

  @Test func suspendedAndStopped() throws {
    let daemon = try PulseDaemon()
    let log = MicrophoneLog()
    let keeper = try MicrophoneKeeper(wanted: "mic", server: daemon.server, sink: log.take)
    #expect(log.waitForSound(3))
    func resumed(_ event: MicrophoneEvent) -> Bool { if case .resumed = event { true } else { false } }
    func silent(_ event: MicrophoneEvent) -> Bool { if case .silent = event { true } else { false } }
    try daemon.control("suspend-source", "mic", "1")
    #expect(log.wait(3, silent) != nil)
    try daemon.control("suspend-source", "mic", "0")
    #expect(log.wait(3, resumed) != nil)
    usleep(500_000)
    let mark = log.events.count
    daemon.signal(SIGSTOP)
    #expect(log.wait(3, from: mark, silent) != nil)
    daemon.signal(SIGCONT)
    #expect(log.wait(3, from: mark, resumed) != nil)
    // What is said after the burst is where it belongs.
    let late = try hear(daemon, log).late
    keeper.stop()
    #expect(log.words == ["opened mic", "suspended", "resumed", "silent", "resumed"])
    print("microphone: after suspension and a stopped server the onset is \(late) ms late; \(keeper.counters)")
    #expect(abs(late) < 40)
  }

  @Test func noServerAndRefused() throws {
    do {
      _ = try Microphones.list(server: "unix:/nonexistent/native", limit: 2)
      Issue.record("there is no server")
    } catch let error as MediaError {
      #expect(error.kind == .noInput && error.description.contains("pulseaudio --start"))
    }
    let port = Int.random(in: 20_000..<30_000)
    let daemon = try PulseDaemon(tcp: port)
    do {
      _ = try Microphones.list(server: "tcp:127.0.0.1:\(port)", limit: 3)
      Issue.record("it lets everybody in")
    } catch let error as MediaError {
      #expect(error.kind == .noPermission && error.description.contains("PULSE_COOKIE"))
    }
    let log = MicrophoneLog()
    let keeper = try MicrophoneKeeper(wanted: "auto", server: "tcp:127.0.0.1:\(port)", sink: log.take)
    let waiting = log.wait(2) { if case .waiting = $0 { true } else { false } }
    keeper.stop()
    if case .waiting(let error) = waiting {
      #expect(error.kind == .noPermission)
    } else {
      Issue.record("it does not wait")
    }
    daemon.signal(SIGSTOP)
    let before = MonotonicClock.now()
    #expect(throws: MediaError.self) { try Microphones.list(server: daemon.server, limit: 0.3) }
    #expect(MonotonicClock.now() - before < 1_000_000_000)
  }
}
