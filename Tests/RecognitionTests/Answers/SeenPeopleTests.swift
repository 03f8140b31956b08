import Files
import Models
import Networks
import RecognitionFixtures
import Signal
import TestSupport
import Testing

@testable import Recognition

/// The neutral of each person, built from what was answered so far.
@Suite struct SeenPeopleTests {
  private let head = Head(name: "v", modalities: .video, outputs: 3)
  private let labels = ["anger", "neutral", "calm"]
  private let reference: NeutralReference

  init() throws { reference = try #require(NeutralReference(labels: labels)) }

  private func people() -> SeenPeople { SeenPeople(reference, neutral: 1) }

  private func estimate(_ outputs: [Float]) -> Estimate { Estimate(outputs: outputs, task: .classification) }

  @Test func aWindowCountsByItsFreshTimeAndByHowNeutralItIs() throws {
    var people = people()
    // All but neutral, then anything but.
    people.take(estimate([0, 40, 0]), of: head, person: 3, start: .zero)
    #expect(people.baseline(of: 3).parts["v"]?.seconds == 2.56)
    people.take(estimate([0, 40, 0]), of: head, person: 3, start: Instant(seconds: 0.32))
    #expect(abs((people.baseline(of: 3).parts["v"]?.seconds ?? 0) - 2.88) < 1e-9)
    // The time that nothing was counted is worth a window at most.
    people.take(estimate([0, 40, 0]), of: head, person: 3, start: Instant(seconds: 60))
    #expect(abs((people.baseline(of: 3).parts["v"]?.seconds ?? 0) - 5.44) < 1e-9)
    people.take(estimate([90, 0, 0]), of: head, person: 3, start: Instant(seconds: 63))
    #expect(abs((people.baseline(of: 3).parts["v"]?.seconds ?? 0) - 5.44) < 1e-9)
    // Others, and other heads, are not touched.
    #expect(people.baseline(of: 4).parts.isEmpty && people.baseline(of: nil).parts.isEmpty)
    #expect(people.baseline(of: 3).parts.keys.sorted() == ["v"])
  }

  /// It weighs by the model's own probabilities: those that it has corrected itself would prove it right.
  @Test func itDoesNotBelieveItsOwnCorrections() {
    var (plain, corrected) = (people(), people())
    var other = PersonBaseline()
    other.add([9, 0, 0], of: "v", seconds: 1000)
    for i in 0..<5 {
      var estimate = estimate([1, Float(i), 0])
      let start = Instant(seconds: Double(i))
      plain.take(estimate, of: head, person: nil, start: start)
      estimate.correct(by: other, of: head, to: reference, temperature: 1)
      corrected.take(estimate, of: head, person: nil, start: start)
    }
    #expect(plain.baseline(of: nil) == corrected.baseline(of: nil))
  }

  @Test func whoWasSeenTheLongestTimeAgoIsForgotten() {
    var people = people()
    for i in 0..<SeenPeople.capacity {
      people.take(estimate([0, 1, 0]), of: head, person: i, start: Instant(seconds: Double(i)))
    }
    people.take(estimate([0, 1, 0]), of: head, person: 0, start: Instant(seconds: 100))
    people.take(estimate([0, 1, 0]), of: head, person: 99, start: Instant(seconds: 101))
    #expect(people.count == SeenPeople.capacity)
    #expect(people.baseline(of: 1).parts.isEmpty)
    #expect([0, 2, 99].allSatisfy { !people.baseline(of: $0).parts.isEmpty })
  }

  @Test(arguments: [false, true]) func linesSayTheRawValuesAndTheShare(isAuto: Bool) throws {
    var model = ModelSummary.three
    model.labels = labels
    var person = PersonBaseline()
    person.add([3, -1, 2], of: "emotion", seconds: 30)
    model.baseline = isAuto ? Baseline(auto: reference) : Baseline(person, file: "me.json", reference: reference)
    var run = Run(ScriptedSource(seconds: 8))
    run.model = model
    let events = try run.events().events
    let schema = try streamSchema()
    for event in events { #expect(schema.problems(try .init(parsing: event.json.text)) == [], "\(event.json.text)") }
    var plain = Run(ScriptedSource(seconds: 8))
    plain.model = model
    plain.model.baseline = nil
    let before = try plain.events().events.results
    let results = events.results
    #expect(results.count == before.count && results.count > 10)
    var shares: [Double] = []
    for (result, old) in zip(results, before) {
      let corrected = try #require(result.estimate?.corrected)
      #expect(corrected.raw == old.estimate?.values && result.estimate?.outputs == old.estimate?.outputs)
      #expect(old.estimate?.corrected == nil && !old.json.text.contains("baseline"))
      shares.append(corrected.share)
    }
    if isAuto {
      // Nothing is known of the first window's person; then ever more.
      #expect(shares.first == 0 && results[0].estimate?.values == before[0].estimate?.values)
      #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 < $1 } && shares.allSatisfy { $0 < 1 })
    } else {
      #expect(Set(shares) == [0.75])
    }
    #expect(results.last?.estimate?.values != before.last?.estimate?.values)
  }

  /// A replayed window that live has skipped gets an answer, and later ones do not rest on it.
  @Test func whatLiveSkippedIsNotLearnt() throws {
    var model = ModelSummary.three
    (model.labels, model.baseline) = (labels, Baseline(auto: reference))
    func results(_ skipped: ClosedRange<Int>?) throws -> [EmotionResult] {
      let source = ScriptedSource(seconds: 8)
      if let skipped { source.skippedWindows.append(skipped) }
      var run = Run(source)
      run.model = model
      return try run.events().events.results
    }
    let (all, some) = (try results(nil), try results(3...5))
    #expect(all[...3].map(\.estimate) == some[...3].map(\.estimate) && all.count == some.count)
    // The time is not lost: the next window counts what its predecessors did not. But they knew less.
    #expect(some[3...6].allSatisfy { $0.estimate?.corrected?.share == some[3].estimate?.corrected?.share })
    #expect(all[6].estimate?.corrected?.share != some[6].estimate?.corrected?.share)
  }
}
