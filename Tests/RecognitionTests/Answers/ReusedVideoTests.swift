import Files
import Recognition
import Signal
import TestSupport
import Testing

@Suite struct ReusedVideoTests {
  /// Windows 0.32 s apart whose crops are their own index; a face's identity each, nil: no picture.
  private func rested(_ faces: [Int?], every: Double) -> (from: [Int?], crops: [Int?]) {
    var held = ReusedVideo<Int>(SpeedSettings(pictureEvery: Instant(seconds: every)))
    let windows = faces.enumerated().map { index, face in
      let followed = face.map {
        FollowedFace(
          id: $0, box: PixelBox(x: 0, y: 0, width: 1, height: 1), square: FaceSquare(centerX: 0, centerY: 0, side: 1))
      }
      let start = index * Instant(nanoseconds: 320_000_000)
      return held.take(
        Window(
          index: index, start: start, end: start,
          people: followed.map { [.init(face: $0, crops: [index], slots: 16)] } ?? [],
          video: .init(frames: 16, dropped: 0),
          audio: .init(spectrogram: nil, coverage: 0, level: nil)))
    }
    return (windows.map { $0.people.first?.reusedFrom }, windows.map { $0.people.first?.crops?[0] })
  }

  @Test func everyWindowHasItsOwnUnlessAsked() {
    let (from, crops) = rested([0, 0, 0], every: 0)
    #expect(from == [nil, nil, nil] && crops == [0, 1, 2])
  }

  @Test func oneASecondServesThree() {
    let (from, crops) = rested([0, 0, 0, 0, 0, 0, 0, 0, 0], every: 0.96)
    #expect(from == [nil, 0, 0, nil, 3, 3, nil, 6, 6])
    #expect(crops == [0, 0, 0, 3, 3, 3, 6, 6, 6])
  }

  /// Nobody is judged by another one's face, and a window without a picture stays without one.
  @Test func anotherPersonAndNobody() {
    let (from, crops) = rested([0, 0, 1, 1, nil, 1, 1], every: 10)
    #expect(from == [nil, 0, nil, 2, nil, nil, 5])
    #expect(crops == [0, 0, 2, 2, nil, 5, 5])
  }

  @Test func resultsSayWhatTheyRestOn() throws {
    var run = Run(ScriptedSource(seconds: 6))
    let without = try run.events().events.compactMap(\.json.text)
    #expect(without.allSatisfy { !$0.contains("held_from") } && without[0].contains(#""economy":null"#))
    run = Run(ScriptedSource(seconds: 6))
    run.model.economy = SpeedSettings(pictureEvery: Instant(seconds: 0.5))
    let lines = try run.events().events.map { try JSONValue(parsing: $0.json.text) }
    #expect(lines[0]["economy"]?["picture_every_s"]?.double == 0.5)
    let held = lines.compactMap { $0["modalities"]?["video"]?["held_from"] }
    #expect(held.count > 8 && held[0].isNull && held[1].int == 0 && held[2].isNull && held[3].int == 2)
  }
}
