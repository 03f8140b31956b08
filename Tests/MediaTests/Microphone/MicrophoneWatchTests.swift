import Files
import Media
import Testing

/// A script of what happens to a microphone, and what is decided.
private struct Script {
  var watch = MicrophoneWatch(wanted: "auto", now: 0)
  var did: [String] = []

  private mutating func note(_ actions: [MicrophoneWatch.Action]) {
    for action in actions {
      switch action {
      case .open(let choice): did.append("open \(choice.wanted) \(choice.only ?? "any")")
      case .close: did.append("close")
      case .tell(.opened(let info)): did.append("opened \(info.name)")
      case .tell(.lost(let error)): did.append("lost \(error.message)")
      case .tell(.waiting(let error)): did.append("waiting \(error.message)")
      case .tell(.silent(let seconds, let isSuspended)): did.append("silent \(seconds) \(isSuspended)")
      case .tell(.resumed(let seconds)): did.append("resumed \(seconds)")
      case .tell(.sound), .tell(.finished): did.append("?")
      }
    }
  }

  /// Lets time pass: every tick that is due by `seconds`.
  mutating func pass(to seconds: Double) {
    while watch.deadline <= ns(seconds) { note(watch.tick(watch.deadline)) }
  }
  mutating func opened(_ name: String, _ seconds: Double) {
    note(
      watch.opened(
        MicrophoneInfo(
          name: name, description: name, rate: 48_000, channels: 1, isMonitor: false, isDefault: true), ns(seconds)))
  }
  mutating func heard(_ seconds: Double) { note(watch.heard(ns(seconds))) }
  mutating func failed(_ what: String, _ seconds: Double) { note(watch.failed(error(what), ns(seconds))) }
  mutating func missing(_ what: String, _ seconds: Double) { note(watch.missing(error(what), ns(seconds))) }
  mutating func happened() -> [String] {
    defer { did = [] }
    return did
  }

  private func error(_ what: String) -> MediaError {
    MediaError(library: "test", operation: "listen", message: what, path: "mic", kind: .noInput)
  }
  private func ns(_ seconds: Double) -> Int64 { Int64((seconds * 1e9).rounded()) }
}

struct MicrophoneWatchTests {
  @Test func itRetriesEverMoreSlowlyAndTellsAReasonOnce() {
    var script = Script()
    var opened: [Double] = []
    script.pass(to: 0)
    #expect(script.happened() == ["open auto any"])
    script.failed("refused", 0.01)
    #expect(script.happened() == ["close", "waiting refused"])
    for _ in 0..<6 {
      let due = Double(script.watch.deadline) / 1e9
      opened.append(due)
      script.pass(to: due)
      script.failed("refused", due)
      #expect(script.happened() == ["open auto any", "close"])
    }
    #expect(zip(opened.dropFirst(), opened).map { (($0 - $1) * 100).rounded() / 100 } == [0.5, 1, 2, 2, 2])
    script.pass(to: Double(script.watch.deadline) / 1e9)
    script.failed("absent", 20)
    #expect(script.happened() == ["open auto any", "close", "waiting absent"])
  }

  @Test func aServerThatDoesNotAnswerIsGivenUp() {
    var script = Script()
    script.pass(to: 4.9)
    #expect(script.happened() == ["open auto any"])
    script.pass(to: 5)
    let did = script.happened()
    #expect(did.count == 2 && did[0] == "close" && did[1].hasPrefix("waiting the sound server does not answer"))
  }

  @Test func theSameNameFirstThenWhateverIsThere() {
    var script = Script()
    script.pass(to: 0)
    script.opened("usb", 0.1)
    script.heard(0.2)
    script.failed("killed", 0.5)
    #expect(script.happened() == ["open auto any", "opened usb", "close", "lost killed"])
    // The server is away for a minute: that says nothing about the microphone.
    script.pass(to: 0.75)
    script.failed("refused", 60)
    script.pass(to: 60.25)
    script.missing("not there", 60.3)
    #expect(
      script.happened() == ["open auto usb", "close", "waiting refused", "open auto usb", "close", "waiting not there"])
    script.pass(to: 61)
    script.missing("not there", 61)
    script.pass(to: 62.2)
    script.missing("not there", 62.2)
    #expect(script.happened() == ["open auto usb", "close", "open auto usb", "close"])
    script.pass(to: 65)
    #expect(script.happened() == ["open auto any"])
    script.opened("builtin", 65.1)
    #expect(script.happened() == ["opened builtin"])
    script.failed("killed", 66)
    script.pass(to: 67)
    #expect(script.happened() == ["close", "lost killed", "open auto builtin"])
  }

  @Test func silenceIsToldOnceAndASuspendedSourceIsWaitedFor() {
    var script = Script()
    script.pass(to: 0)
    script.opened("usb", 0)
    script.heard(0.5)
    script.watch.suspended(true)
    script.pass(to: 1.4)
    #expect(script.happened() == ["open auto any", "opened usb"])
    script.pass(to: 400)
    #expect(script.happened() == ["silent 1.0 true"])
    script.watch.suspended(false)
    script.heard(400.5)
    script.heard(400.52)
    #expect(script.happened() == ["resumed 400.0"])
    script.pass(to: 402)
    #expect(script.happened() == ["silent 1.0 false"])
    script.pass(to: 431)
    #expect(
      script.happened() == ["close", "lost nothing has come from it for 30 s, it is opened again", "open auto usb"])
  }
}
