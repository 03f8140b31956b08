import Networks
import Recognition
import Signal
import Testing

@testable import Outlets

@Suite struct MeterTests {
  private static let second: Int64 = 1_000_000_000

  private func meter(_ results: [StreamEvent], of events: Events = Events()) -> Meter {
    var meter = Meter(now: 0)
    meter.receive(events.created, now: 0)
    for result in results { meter.receive(result, now: 83 * Self.second) }
    meter.gauges = .init(framesPerSecond: 29.97, framesDropped: 4)
    return meter
  }

  private func text(_ meter: Meter, _ width: Int, unicode: Bool = true, at now: Int64 = 83 * second) -> String {
    meter.text(MeterStyle(width: width, hasColour: false, hasUnicode: unicode), now: now).joined(separator: "\n")
  }

  private let outputs: [Float] = [0.2, -1, 0.5, 2.5, 1.1, 0, -0.4]
  private let lost = StreamEvent.status(
    StreamStatus(.cameraLost, .warning, "the camera is gone; waiting for it", start: Instant(seconds: 12)))

  @Test func wide() {
    #expect(text(meter([Events().result(0, outputs), lost]), 120) == Self.wide)
  }

  @Test func usual() {
    #expect(text(meter([Events().result(0, outputs), lost]), 80) == Self.usual)
  }

  @Test func narrow() {
    #expect(text(meter([Events().result(0, outputs), lost]), 40) == Self.narrow)
  }

  @Test func plain() {
    #expect(text(meter([Events().result(0, outputs), lost]), 60, unicode: false) == Self.plain)
  }

  @Test func regression() {
    let events = Events(labels: ["valence", "arousal"], task: .regression, trained: false)
    #expect(text(meter([events.result(0, [-0.61, 0.333])], of: events), 60) == Self.regression)
  }

  /// What the face does most, as much as fits in one line.
  @Test func actions() {
    let names = ["jawOpen", "mouthSmileLeft", "mouthSmileRight", "cheekSquintLeft", "browInnerUp", "noseSneerLeft"]
    let events = Events(actions: names)
    func line(_ acts: [Float]?, _ width: Int, face: Bool = true) -> String? {
      let result = events.result(0, face ? outputs : nil, face: face, acts: acts)
      let lines = text(meter([result, lost], of: events), width).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 12, "\(width)")
      return lines.count > 8 ? String(lines[8]) : nil
    }
    let acts: [Float] = [0.05, 0.82, 0.79, 0.4, 0.21, 0.3]
    #expect(
      line(acts, 80) == "actions: mouthSmileLeft 0.82  mouthSmileRight 0.79  cheekSquintLeft 0.40")
    #expect(line(acts, 40) == "actions: mouthSmileLeft 0.82")
    #expect(line([0, 0.02, 0.03, 0, 0.09, 0], 80) == "actions: none")
    #expect(line(nil, 80) == "actions: not known now" && line(nil, 80, face: false) == "")
    for width in [1, 5, 12, 30] {
      let style = MeterStyle(width: width, height: 12, hasColour: false, hasUnicode: true)
      let lines = meter([events.result(0, outputs, acts: acts), lost], of: events).text(style, now: 83 * Self.second)
      #expect(lines.count <= 12 && lines.allSatisfy { Columns.width($0) <= max(1, width - 1) })
    }
  }

  @Test(arguments: [
    (false, true, "no face"), (true, false, "no sound"), (false, false, "no face, no sound"),
  ])
  func whatIsMissingIsSaidInsteadOfBars(face: Bool, sound: Bool, why: String) {
    let meter = meter([Events().result(0, outputs), Events().result(1, nil, face: face, sound: sound)])
    let lines = text(meter, 80).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1] == why)
    #expect(
      lines.count
        == text(self.meter([Events().result(0, outputs)]), 80).split(
          separator: "\n", omittingEmptySubsequences: false
        ).count)
    #expect(!lines.contains { $0.contains("happiness") })
  }

  @Test func oldBarsDoNotLinger() {
    let meter = meter([Events().result(0, outputs)])
    #expect(text(meter, 80, at: 85 * Self.second).contains("happiness"))
    #expect(!text(meter, 80, at: 86 * Self.second).contains("happiness"))
    #expect(text(meter, 80, at: 86 * Self.second).contains("no window for 3 s"))
  }

  @Test func noLineReachesTheLastColumn() {
    let many = Events(labels: (0..<23).map { "感情 label with a long name \($0)" })
    for events in [Events(), many] {
      let outputs = (0..<events.labels.count).map { Float($0) / 3 }
      let meter = meter([events.result(0, outputs), lost], of: events)
      for width in [1, 2, 5, 10, 20, 39, 40, 41, 79, 80, 200] {
        for unicode in [true, false] {
          let style = MeterStyle(width: width, height: 12, hasColour: false, hasUnicode: unicode)
          let lines = meter.text(style, now: 83 * Self.second)
          #expect(lines.count <= 12)
          for line in lines { #expect(Columns.width(line) <= max(1, width - 1), "\(width): \(line)") }
        }
      }
    }
  }

  @Test func aDeviceCannotSteerTheTerminal() {
    let evil = StreamStatus(.cameraLost, .error, "a\u{1b}[2J\u{9b}b\nc\u{202e}d", start: .zero)
    let meter = meter([Events().result(0, outputs), .status(evil)])
    #expect(text(meter, 80).hasSuffix("0.0 s  camera_lost: a[2Jbcd"))
  }

  @Test func coloursOnlyWhereAllowed() {
    let meter = meter([Events().result(0, outputs), lost])
    func coloured(_ environment: [String: String]) -> Bool {
      meter.text(MeterStyle(width: 80, environment: environment), now: 0).joined().contains("\u{1b}[")
    }
    #expect(coloured([:]) && coloured(["NO_COLOR": ""]) && !coloured(["NO_COLOR": "1"]))
    #expect(MeterStyle(width: 80, environment: ["LANG": "de_DE.UTF-8@euro"]).hasUnicode)
    #expect(MeterStyle(width: 80, environment: ["LC_ALL": "C.utf8", "LANG": "C"]).hasUnicode)
    #expect(!MeterStyle(width: 80, environment: ["LC_ALL": "C", "LANG": "C.UTF-8"]).hasUnicode)
  }

  @Test func gapsInTheNumbersAreSkippedWindows() {
    let meter = meter([Events().result(0, outputs), Events().result(4, outputs)])
    #expect(text(meter, 80).contains("3 skipped"))
    #expect(
      meter.summary(now: 83 * Self.second) == "2 windows in 0:01:23, 2 with an answer, 3 skipped, 4 frames dropped")
  }

  @Test func drawingReplacesWhatStands() {
    var screen = MeterScreen()
    #expect(
      screen.draw(["ab", "\u{1b}[1mcd\u{1b}[0m"], width: 10) == "\rab\u{1b}[K\n\u{1b}[1mcd\u{1b}[0m\u{1b}[K\n\u{1b}[J")
    #expect(screen.draw(["abcd"], width: 10) == "\u{1b}[2A\rabcd\u{1b}[K\n\u{1b}[J")
    // Four columns stand in two rows of a terminal that now has three.
    #expect(screen.draw([], width: 3) == "\u{1b}[2A\r\u{1b}[J")
  }
}
