import Foundation
import SyntheticActors
import Testing

@Suite struct ScriptTests {
  @Test func partsAreWords() throws {
    let plain = try #require(Script.Part("anger:4"))
    #expect(plain == Script.Part(.anger, frames: 100))
    let whole = try #require(Script.Part("fear:2.5:high:silent:hidden"))
    #expect(whole.emotion == .fear && whole.frames == 63 && whole.intensity == .high)
    #expect(whole.isSilent && whole.isHidden)
    for text in ["", "anger", "joy:4", "anger:0.5", "anger:nan", "anger:601", "anger:4:loud", "anger:4:", ":4"] {
      #expect(Script.Part(text) == nil, "\(text)")
    }
  }

  @Test func theTruthIsWhenItIsPlayed() {
    var hidden = Script.Part(.sadness, frames: 31)
    hidden.isHidden = true
    let script = Script([Script.Part(.anger, frames: 100), hidden])
    #expect(script.frames == 131 && script.seconds == 5.24)
    #expect(script.truth == "start\tend\temotion\n0.00\t4.00\tanger\n4.00\t5.24\tsadness\n")
  }
}

/// A take, played once for all of these tests.
@Suite struct TakeTests {
  private static let parts = ["happiness:3", "happiness:2:silent", "anger:3.2:hidden"].compactMap { Script.Part($0) }
  private let scratch = NSTemporaryDirectory() + "mien-take-\(UUID().uuidString).wav"

  private func power(_ samples: ArraySlice<Float>) -> Double {
    samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(samples.count)
  }

  @Test func speechStopsWhereItIsToStop() throws {
    let take = try Take(Script(Self.parts), seed: 3, actor: 5, scratch: scratch)
    #expect(take.samples.count == 205 * 640 && take.samples.allSatisfy { abs($0) <= 1 })
    let speech = power(take.samples[..<(75 * 640)])
    // The room is heard all the same.
    let silence = power(take.samples[(75 * 640)..<(125 * 640)])
    #expect(silence > 1e-7 && speech > 100 * silence, "\(speech) \(silence)")
    #expect(power(take.samples[(125 * 640)...]) > 100 * silence)
  }

  @Test func picturesFollowTheScriptAndTheSeed() throws {
    var take = try Take(Script(Self.parts), seed: 3, actor: 5, scratch: scratch)
    var pictures: [[UInt8]] = []
    try take.play { picture, sound in
      #expect(picture.width == Take.width && picture.height == Take.height && sound.count == 640)
      pictures.append(picture.rgb)
    }
    #expect(pictures.count == 205)
    func change(_ a: Int, _ b: Int) -> Double {
      zip(pictures[a], pictures[b]).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(pictures[a].count)
    }
    // A sheet of paper changes more than a face ever does, and nothing jumps.
    #expect(change(60, 165) > 2 * change(60, 110), "\(change(60, 165)) \(change(60, 110))")
    let steps = (1..<125).map { change($0 - 1, $0) }
    #expect(steps.max() ?? 0 < 5, "\(steps.max() ?? 0)")
    var again = try Take(Script(Self.parts), seed: 3, actor: 5, scratch: scratch)
    var index = 0
    try again.play { picture, _ in
      #expect(index % 40 != 0 || picture.rgb == pictures[index])
      index += 1
    }
    let other = try Take(Script(Self.parts), seed: 4, actor: 5, scratch: scratch)
    #expect(other.samples != take.samples)
  }
}
