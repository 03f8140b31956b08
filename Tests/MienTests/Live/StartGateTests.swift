import Recognition
import Testing

@testable import MienKit
@testable import mien

@Suite struct StartGateTests {
  private let second: Int64 = 1_000_000_000

  @Test func beginsWhereEverythingIsThere() {
    var gate = StartGate(wanted: [.camera, .microphone], isStrict: false, now: 0)
    #expect(gate.verdict(now: 1) == .wait)
    gate.delivered(.camera, time: 10)
    gate.delivered(.camera, time: 50)
    #expect(gate.verdict(now: 60) == .wait)
    gate.delivered(.microphone, time: 40)
    #expect(gate.verdict(now: 70) == .begin(zero: 40), "the later of both first times")
  }

  @Test func goesOnWithWhatThereIs() {
    var gate = StartGate(wanted: [.camera, .microphone], isStrict: false, now: 0)
    gate.missing(.camera)
    #expect(gate.verdict(now: second) == .wait, "nothing at all is there yet")
    gate.delivered(.microphone, time: second)
    #expect(gate.verdict(now: second + 5) == .begin(zero: second), "a missing camera need not be waited for")
  }

  @Test func waitsNoLongerThanItsPatience() {
    var gate = StartGate(wanted: [.camera, .microphone], isStrict: false, now: 5 * second)
    #expect(gate.verdict(now: 7 * second) == .wait)
    #expect(gate.verdict(now: 8 * second) == .begin(zero: 8 * second))
    gate.delivered(.microphone, time: 5 * second)
    #expect(gate.verdict(now: 8 * second) == .begin(zero: 7 * second), "three seconds ago is too far back")
  }

  @Test func strictMeansThere() {
    var gate = StartGate(wanted: [.camera, .microphone], isStrict: true, now: 0)
    gate.delivered(.microphone, time: 0)
    #expect(gate.verdict(now: 5 * second) == .wait)
    #expect(gate.verdict(now: 6 * second) == .refuse(missing: [.camera]))
    gate.missing(.camera)
    #expect(gate.verdict(now: second) == .refuse(missing: [.camera]))
    gate.delivered(.camera, time: second)
    #expect(gate.verdict(now: second) == .begin(zero: second), "it came after all")
  }

  @Test func oneSenseAlone() {
    var gate = StartGate(wanted: [.microphone], isStrict: true, now: 0)
    gate.delivered(.microphone, time: 1)
    #expect(gate.verdict(now: 1) == .begin(zero: 1))
  }
}
