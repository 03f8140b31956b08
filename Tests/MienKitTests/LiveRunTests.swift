import Files
import Foundation
import Media
import MediaFixtures
import Outlets
import Recognition
import Sessions
import Testing
import Threading

@testable import MienKit

/// A live session without a camera, in which a sound file plays the microphone.
@Suite struct LiveRunTests {
  private let folder: Scratch
  private let request: LiveRequest
  private let reader: EmotionReader

  init() throws {
    folder = try Scratch()
    var capture = CaptureRequest()
    (capture.video, capture.audio) = ("none", try folder.sound("sound.flac", seconds: 3.3))
    request = LiveRequest(capture)
    var model = ModelRequest()
    model.untrained = .nano
    reader = try EmotionReader(model)
  }

  /// Keeps what it gets.
  private final class Keeper: LiveOutput {
    struct Full: Error {}

    let lines = Guarded<[String]>([])
    let isFinished = Latch()
    private let fails: Bool

    init(fails: Bool = false) { self.fails = fails }

    func receive(_ event: StreamEvent, _ line: () -> StreamLine) {
      let text = line().text
      lines.withLock { $0.append(text) }
    }

    func finish() throws {
      isFinished.set()
      if fails { throw Full() }
    }
  }

  private func all(_ answers: Answers) throws -> [EmotionResult] {
    var results: [EmotionResult] = []
    while let answer = try answers.next() { results.append(answer) }
    return results
  }

  /// Who was part of a session that has ended; nil where nobody holds it any more.
  private struct Parts {
    weak var hub: CaptureHub?
    weak var picture: LiveVideo?
    weak var link: SessionLink?
  }

  private func ended() throws -> Parts {
    let setup = try LiveSetup(request, model: reader.model)
    let run = try #require(try setup.begin())
    let parts = Parts(hub: run.devices.hub, picture: setup.picture, link: setup.link)
    #expect(parts.hub != nil && parts.picture != nil && parts.link != nil)
    let end = run.run(try reader.model.recognizer(threads: 1), outputs: [])
    #expect(end.outcome.failure == nil && end.outcome.closed.reason == .endOfInput && end.duration > 3)
    return parts
  }

  @Test func nothingIsLeftOfASessionThatHasEnded() throws {
    let parts = try ended()
    #expect(parts.hub == nil && parts.picture == nil && parts.link == nil)
  }

  /// Outputs get every line and are finished, also behind one that fails.
  @Test func outputsGetTheStream() throws {
    let (bad, good) = (Keeper(fails: true), Keeper())
    let answers = reader.live(request, outputs: [bad, good])
    var count = 0
    #expect(throws: Keeper.Full.self) { while try answers.next() != nil { count += 1 } }
    #expect(count >= 2 && bad.isFinished.isSet && good.isFinished.isSet)
    let lines = good.lines.withLock { $0 }
    #expect(lines == bad.lines.withLock { $0 } && lines.count { $0.contains("\"emotion.result\"") } == count)
    #expect(lines.first?.contains("session.created") == true && lines.last?.contains("session.closed") == true)
  }

  @Test func aRecordedSessionReplays() throws {
    var wanted = request
    wanted.record = folder.file("session")
    let keeper = Keeper()
    let live = try all(reader.live(wanted, outputs: [keeper]))
    let events = try String(contentsOfFile: folder.file("session/emotions.jsonl"), encoding: .utf8)
    #expect(events == keeper.lines.withLock { $0.map { $0 + "\n" }.joined() })
    let manifest = try SessionManifest(folder: folder.file("session"))
    #expect(manifest.closedCleanly && manifest.failure == nil && manifest.model?.id == "untrained-nano")
    let again = try all(reader.answers(in: folder.file("session")))
    #expect(again.count == live.count && again.map(\.end) == live.map(\.end))
    #expect(again.map(\.coverage) == live.map(\.coverage) && live.contains { $0.audioUsed })
    // The folder is there now.
    let error = #expect(throws: MediaError.self) { try all(reader.live(wanted)) }
    #expect(error?.kind == .exists)
  }

  @Test func whatCannotBeginSaysSo() throws {
    var wanted = request
    wanted.capture.audio = folder.file("gone.flac")
    let keeper = Keeper()
    let answers = reader.live(wanted, outputs: [keeper])
    #expect(throws: CaptureError.self) { try answers.next() }
    #expect(answers.closed == nil && keeper.isFinished.isSet && keeper.lines.withLock { $0.isEmpty })
  }

  @Test func aDeviceThatIsWaitedForIsNoted() throws {
    let (waiting, watched) = (Guarded<[String]>([]), Latch())
    let noted = try EmotionReader(reader.request) { note in
      guard case .waiting(let error) = note else { return }
      waiting.withLock { $0.append(error.path) }
      watched.set()
    }
    var wanted = request
    wanted.capture.video = "no such camera"
    let answers = noted.live(wanted)
    for _ in 0..<500 where !watched.isSet { MonotonicClock.wait(until: MonotonicClock.now() + 10_000_000) }
    answers.cancel()
    #expect(waiting.withLock { $0.count } == 1)
  }
}
