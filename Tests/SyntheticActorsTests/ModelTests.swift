import SyntheticActors
import Testing

@Suite struct ModelTests {
  @Test func eachSenseAloneStaysBelowBoth() {
    let ceiling = SignalModel.ceiling(draws: 20_000, seed: 3)
    // Four standard errors at least.
    #expect(abs(ceiling.voice - 0.733) < 0.02, "\(ceiling)")
    #expect(abs(ceiling.face - 0.762) < 0.02, "\(ceiling)")
    #expect(abs(ceiling.both - 0.99) < 0.006, "\(ceiling)")
    #expect(ceiling == SignalModel.ceiling(draws: 20_000, seed: 3))
  }

  @Test func clipsAreDrawnFromTheModelThatIsCounted() {
    let castings = (0..<2000).map { Casting(seed: 1, clip: $0) }
    func rate(_ observed: SignalModel.Observed) -> Double {
      Double(castings.filter { SignalModel.best($0.drawn, observed) == $0.emotion }.count) / 2000
    }
    // Habits are those of 500 actors, so the rates are a little off those of fresh ones.
    #expect(abs(rate(.voice) - 0.73) < 0.05 && abs(rate(.face) - 0.76) < 0.05 && abs(rate(.both) - 0.99) < 0.015)
  }

  @Test func everySplitIsBalancedAndHasActorsOfItsOwn() {
    let castings = (0..<900).map { Casting(seed: 9, clip: $0) }
    #expect(Set(castings.prefix(3).map(\.split)) == Set(Split.allCases))
    var actors: [Split: Set<Int>] = [:]
    for split in Split.allCases {
      let own = castings.filter { $0.split == split }
      #expect(own.count == 900 * [Split.train: 7, .val: 1, .test: 2][split, default: 0] / 10)
      // 630, 90 and 180 are whole blocks of 18.
      for emotion in Emotion.allCases {
        for intensity in Intensity.allCases {
          let count = own.filter { $0.emotion == emotion && $0.intensity == intensity }.count
          #expect(count == own.count / 18, "\(split) \(emotion) \(intensity)")
        }
      }
      actors[split] = Set(own.map(\.actor.number))
    }
    #expect(actors[.train, default: []].count > 250 && actors[.test, default: []].count > 70)
    #expect(actors[.train, default: []].isDisjoint(with: actors[.val, default: []].union(actors[.test, default: []])))
    #expect(actors[.val, default: []].isDisjoint(with: actors[.test, default: []]))
  }

  @Test func aClipFollowsFromTheSeedAndItsNumber() {
    #expect(Casting(seed: 4, clip: 17) == Casting(seed: 4, clip: 17))
    #expect(Casting(seed: 4, clip: 17).drawn != Casting(seed: 5, clip: 17).drawn)
    #expect(Actor(seed: 4, number: 8) == Actor(seed: 4, number: 8))
    #expect(Actor(seed: 4, number: 8).look != Actor(seed: 4, number: 9).look)
    #expect(Set((0..<200).map { Casting(seed: 4, clip: $0).sentence }) == Set(Casting.sentences))
  }

  @Test func affectFollowsEmotionAndIntensity() {
    let castings = (0..<600).map { Casting(seed: 2, clip: $0) }
    #expect(castings.allSatisfy { abs($0.valence) <= 1 && abs($0.arousal) <= 1 })
    func mean(_ emotion: Emotion, _ value: (Casting) -> Double) -> Double {
      let own = castings.filter { $0.emotion == emotion }.map(value)
      return own.reduce(0, +) / Double(own.count)
    }
    #expect(mean(.happiness, \.valence) > 0.6 && mean(.anger, \.valence) < -0.5)
    #expect(mean(.anger, \.arousal) > 0.6 && mean(.sadness, \.arousal) < -0.4)
    #expect(abs(mean(.neutral, \.valence)) < 0.05 && abs(mean(.neutral, \.arousal)) < 0.05)
  }
}
