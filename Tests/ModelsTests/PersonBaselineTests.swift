import Foundation
import Testing

@testable import Models

/// The rule by itself: means, share, and what is taken off.
@Suite struct PersonBaselineTests {
  private let labels = ["anger", "neutral", "sadness"]

  private func probabilities(_ logits: [Float]) -> [Double] {
    let powers = logits.map { exp(Double($0)) }
    return powers.map { $0 / powers.reduce(0, +) }
  }

  @Test func meansAreOfLogProbabilitiesWeightedBySeconds() throws {
    var person = PersonBaseline()
    person.add([1, 2, 3], of: "v", seconds: 3)
    // A constant on all outputs says nothing.
    person.add([11, 12, 12], of: "v", seconds: 1)
    person.add([0, 0, 0], of: "a", seconds: 0)
    #expect(person.parts.keys.sorted() == ["v"])
    let part = try #require(person.parts["v"])
    #expect(part.seconds == 4)
    let (first, second) = (probabilities([1, 2, 3]).map { log($0) }, probabilities([11, 12, 12]).map { log($0) })
    for i in 0..<3 { #expect(abs(part.mean[i] - (0.75 * first[i] + 0.25 * second[i])) < 1e-12) }
  }

  @Test func theShareGrowsWithTheEvidence() {
    var person = PersonBaseline()
    #expect(person.share(of: "v") == 0)
    person.add([1, 2, 3], of: "v", seconds: PersonBaseline.halfAt)
    #expect(person.share(of: "v") == 0.5 && person.share(of: "a") == 0)
    person.add([1, 2, 3], of: "v", seconds: 2 * PersonBaseline.halfAt)
    #expect(person.share(of: "v") == 0.75)
  }

  /// The neutral of the person becomes that of the reference, in so far as it is known; nothing is known of other heads.
  @Test func aNeutralWindowBecomesTheReference() throws {
    var person = PersonBaseline()
    let neutral: [Float] = [0.5, 0.25, 2]
    person.add(neutral, of: "v", seconds: 1e9)
    let reference = try #require(NeutralReference(labels: labels))
    let corrected = probabilities(person.corrected(neutral, of: "v", from: reference))
    // Without a measured one: as sure as before, but of neutral, and of the others alike.
    #expect(corrected[1] > corrected[0] && abs(corrected[0] - corrected[2]) < 1e-6)
    let (own, rest) = (probabilities(neutral), probabilities(neutral)[..<2].map { log($0) }.reduce(0, +) / 2)
    #expect(abs(log(corrected[1] / corrected[0]) - (log(own[2]) - rest)) < 1e-6)
    #expect(person.corrected(neutral, of: "a", from: reference) == neutral)
    // What is far from the neutral stays far from it.
    let angry: [Float] = [6, 0.25, 2]
    let moved = probabilities(person.corrected(angry, of: "v", from: reference))
    #expect(moved.firstIndex(of: moved.max()!) == 0)
    var measured = PersonBaseline()
    measured.add([0, 4, 1], of: "v", seconds: 5)
    let other = try #require(NeutralReference(measured, labels: labels))
    for (found, wanted) in zip(
      probabilities(person.corrected(neutral, of: "v", from: other)), probabilities([0, 4, 1]))
    { #expect(abs(found - wanted) < 1e-6) }
    // Heads that nobody has measured have the default.
    #expect(other.mean(of: "a", for: [-1, -2, -3]) == [-2.5, -1, -2.5])
    #expect(reference.mean(of: "v", for: [-1, -1, -1]) == [-1, -1, -1])
  }

  @Test func aModelWithoutNeutralHasNoReference() {
    #expect(NeutralReference(labels: ["anger", "calm"]) == nil)
  }
}
