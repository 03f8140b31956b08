import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing

/// Which of several tracks is read.
@Suite struct TrackTests {
  private let scratch: Scratch
  private let path: String
  private static let (desktop, voice, other) = (
    [Float](repeating: 0, count: 16_000), sine(300, rate: 16_000, seconds: 1), sine(700, rate: 16_000, seconds: 1)
  )

  /// As a screen recorder leaves it: nothing on the default track, and the microphone on the second one.
  init() throws {
    scratch = try Scratch()
    path = scratch.file("desktop.mkv")
    try TestClip(
      sound: .init(samples: Self.desktop, title: "Desktop", isDefault: true),
      others: [
        .init(samples: Self.voice, title: "Mic/Aux", language: "eng"), .init(samples: Self.other, language: "ger"),
      ]
    ).write(to: path)
  }

  private func taken(_ choice: String?) throws -> Taken {
    try Taken(.file(path)) { $0.tracks.audio = choice.flatMap { TrackChoice($0) } }
  }

  @Test func theDefaultTrackIsReadWhereNobodyChooses() throws {
    let taken = try taken(nil)
    #expect(taken.samples == Self.desktop && taken.sound?.track == 1)
    #expect(taken.sound?.tracks.map(\.title) == ["Desktop", "Mic/Aux", nil])
    #expect(taken.sound?.tracks.map(\.language) == [nil, "eng", "ger"])
    #expect(taken.sound?.tracks.map(\.isDefault) == [true, false, false])
  }

  @Test(arguments: [("1", 1), ("2", 2), ("3", 3), ("eng", 2), ("GER", 3), ("mic/aux", 2), ("aux", 2), ("desktop", 1)])
  func aTrackIsChosenByNumberLanguageOrTitle(choice: String, number: Int) throws {
    let taken = try taken(choice)
    let wanted = [Self.desktop, Self.voice, Self.other][number - 1]
    #expect(taken.sound?.track == number)
    #expect(zip(taken.samples, wanted).allSatisfy { abs($0 - $1) < 1e-4 } && taken.samples.count == wanted.count)
    #expect(try AudioFile.read16k(.path(path), track: TrackChoice(choice)) == taken.samples)
  }

  @Test(arguments: ["4", "fra"]) func aTrackThatIsNotThereIsAnErrorThatNamesThose(choice: String) throws {
    let error = try #require(throws: MediaError.self) { try taken(choice) }
    #expect(error.message.contains("2 (pcm_s16le, eng, Mic/Aux)") && error.message.contains(choice))
    #expect(throws: MediaError.self) { try AudioFile.read16k(.path(path), track: TrackChoice(choice)) }
  }

  @Test func onlyNumbersFromOneAreNumbers() {
    #expect(TrackChoice("0") == nil && TrackChoice("-1") == nil && TrackChoice("") == nil)
    #expect(TrackChoice("12") == .number(12) && TrackChoice("12a") == .name("12a"))
  }

  /// Of an empty default track the other one is told; of one that is chosen, or not alone in being empty, it is not.
  @Test func soundInAnotherTrackIsFound() throws {
    func better(_ path: String, _ choice: String? = nil) throws -> TrackLabel? {
      var options = Recording.Options()
      options.tracks.audio = choice.flatMap { TrackChoice($0) }
      return try Recording(.file(path), options: options).betterSound
    }
    #expect(try better(path)?.number == 2 && better(path)?.title == "Mic/Aux")
    #expect(try better(path, "1") == nil)
    for (name, sounds) in [
      ("heard", [Self.voice, Self.other]), ("empty", [Self.desktop, Self.desktop]), ("alone", [Self.desktop]),
    ] {
      let clip = scratch.file(name + ".mkv")
      try TestClip(sound: .init(samples: sounds[0]), others: sounds.dropFirst().map { .init(samples: $0) }).write(
        to: clip)
      #expect(try better(clip) == nil, "\(name)")
    }
  }

  @Test func aMicrophonePlaysTheChosenTrack() throws {
    try FileMicrophone(path, track: .name("eng")) { _ in }.stop()
    #expect(throws: MediaError.self) { try FileMicrophone(path, track: .number(9)) { _ in } }
  }
}
