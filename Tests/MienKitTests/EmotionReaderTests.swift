import Files
import Foundation
import Media
import MediaFixtures
import Recognition
import Tensor
import Testing
import Threading

@testable import MienKit

@Suite struct EmotionReaderTests {
  private let folder: Scratch
  private let request: ModelRequest

  init() throws {
    folder = try Scratch()
    var request = ModelRequest()
    request.untrained = .nano
    self.request = request
  }

  private func all(_ answers: Answers) throws -> [EmotionResult] {
    var results: [EmotionResult] = []
    while let answer = try answers.next() { results.append(answer) }
    return results
  }

  /// The whole stream, of which the answers are a part.
  @Test func eventsAreTheStreams() throws {
    let sound = try folder.sound("sound.flac", seconds: 3.3)
    let events = Guarded<[StreamEvent]>([])
    let answers = try EmotionReader(request).answers(in: RecordingRequest(sound)) { event in
      events.withLock { $0.append(event) }
    }
    let results = try all(answers)
    let said = events.withLock { $0 }
    #expect(
      results.count == 3 && said.compactMap { if case .result(let result) = $0 { result } else { nil } } == results)
    guard case .created(let header) = said.first, case .closed(let closed) = said.last else {
      Issue.record("no first and last line")
      return
    }
    #expect(header.source.input == sound && header.model.id == "untrained-nano" && answers.closed == closed)
  }

  @Test func damageComesAfterTheAnswers() throws {
    let sound = try folder.sound("sound.flac", seconds: 4)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: sound))
    // A sixth is lost: 3.33 s are left.
    let size = try handle.seekToEnd()
    try handle.truncate(atOffset: size - size / 24 * 4)
    try handle.close()
    let answers = try EmotionReader(request).answers(in: sound)
    var count = 0
    let error = #expect(throws: DamagedRecording.self) { while try answers.next() != nil { count += 1 } }
    #expect(count == 3 && error?.damage.count == 1 && error?.description.contains("sound.flac: ") == true)
    #expect(answers.closed == nil)
  }

  @Test func whatIsMissingIsSaidByTheFirstAnswer() throws {
    let answers = try EmotionReader(request).answers(in: folder.file("gone.flac"))
    let error = #expect(throws: MediaError.self) { try answers.next() }
    #expect(error?.kind == .noInput)
  }

  /// Notes on the model come at once, notes on a recording when it is opened.
  @Test func notesAreHandedOn() throws {
    let notes = Guarded<[EmotionReader.Note]>([])
    var request = request
    request.precision = .bf16
    request.instructions = .reference
    let reader = try EmotionReader(request) { note in notes.withLock { $0.append(note) } }
    guard case .model(.lesserPrecision) = notes.withLock({ $0.first }) else {
      Issue.record("\(notes.withLock { $0 })")
      return
    }
    _ = try all(reader.answers(in: try folder.sound("sound.flac", seconds: 1)))
    let said = notes.withLock { $0.dropFirst() }
    guard case .recording(.tracks(let video, let sound)) = said.first, said.count == 1 else {
      Issue.record("\(said)")
      return
    }
    #expect(video == nil && sound?.channels == 1)
  }
}
