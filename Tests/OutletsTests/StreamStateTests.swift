import Recognition
import Signal
import Testing

@testable import Outlets

@Suite struct StreamStateTests {
  private let events = Events()

  private func status(_ code: StreamStatus.Code, _ seconds: Double) -> StreamEvent {
    .status(StreamStatus(code, .info, code.rawValue, start: Instant(seconds: seconds)))
  }

  private func lines(after all: [StreamEvent]) -> [StreamLine] {
    var state = StreamState()
    for event in all { state.receive(StreamLine(event)) }
    return state.lines
  }

  @Test func theNewestOfEachKindStaysInTheStreamsOrder() {
    let opened = status(.cameraOpened, 0)
    let noFace = status(.noFace, 1)
    let back = status(.microphoneBack, 3)
    let (first, last) = (events.result(0, nil), events.result(1, nil))
    let all = [
      events.created, opened, status(.microphoneOpened, 0), noFace, first, status(.microphoneLost, 2), last, back,
    ]
    #expect(lines(after: all) == [events.created, opened, noFace, last, back].map { StreamLine($0) })
  }

  /// A window with several people has several results.
  @Test func theLastWindowIsKeptWhole() {
    let last = [events.result(1, nil), events.result(1, nil, face: false)]
    #expect(
      lines(after: [events.created, events.result(0, nil)] + last) == ([events.created] + last).map { StreamLine($0) })
  }

  @Test func whatHasEndedIsForgotten() {
    let all = [
      events.created, status(.noFace, 1), status(.noAudio, 1), status(.face, 2), status(.audio, 2),
      status(.noSpeech, 2), status(.speech, 3),
      status(.lowFrameRate, 3), status(.cameraFrozen, 4), status(.cameraBack, 5),
    ]
    #expect(lines(after: all) == [events.created, status(.cameraBack, 5)].map { StreamLine($0) })
  }

  @Test func whatHappenedOnceIsNoState() {
    let past: [StreamStatus.Code] = [.faceChanged, .damaged, .behind, .stream, .linesDropped]
    let clock = StreamEvent.clock(StreamClock(monotonic: 1, wall: "", media: .zero))
    #expect(lines(after: [events.created] + past.map { status($0, 1) } + [clock]) == [StreamLine(events.created)])
  }

  /// However long a session lasts and whatever happens, a new reader's first lines are few.
  @Test func itNeverGrows() {
    let all = StreamStatus.Code.allCases.enumerated().flatMap { i, code in
      [status(code, 1), status(code, 2), events.result(i, nil)]
    }
    #expect(lines(after: [events.created] + all + all).count <= 8)
  }
}
