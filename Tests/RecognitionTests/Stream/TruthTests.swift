import Foundation
import Recognition
import Signal
import Testing

/// What was played when, and how often the answers are right.
@Suite struct TruthTests {
  private static let labels = ["zest", "anger", "calm"]
  private static let header = "start\tend\temotion\n"

  private func read(_ rows: String) throws -> Truth { try Truth(parsing: Self.header + rows, labels: Self.labels) }

  private func seconds(_ value: Double) -> Instant { Instant(seconds: value) }

  @Test func neighboursOfOneEmotionAreOne() throws {
    let truth = try read("0.00\t3.00\tzest\n3.00\t5.00\tzest\n5.00\t8.00\tcalm\n9.00\t12.00\tcalm\n")
    #expect(truth.rows.map(\.emotion) == ["zest", "calm", "calm"])
    #expect(truth.emotion(from: seconds(1), to: seconds(4.5)) == "zest")
    #expect(truth.emotion(from: seconds(2.44), to: seconds(5)) == "zest")
    #expect(truth.emotion(from: seconds(2.48), to: seconds(5.04)) == nil)
    // Nothing is known of the second between.
    #expect(truth.emotion(from: seconds(7), to: seconds(10)) == nil)
    #expect(truth.emotion(from: seconds(11), to: seconds(13)) == nil)
  }

  /// Lines below the header, or all of the text where it begins with an exclamation mark.
  private static let broken: [(text: String, says: String)] = [
    ("!", "no row"), ("!begin\tend\temotion\n", "line 1"), ("", "no row"), ("0\t1\n", "line 2"),
    ("0\tx\tzest\n", "line 2"), ("1\t1\tzest\n", "does not end"), ("-1\t1\tzest\n", "does not end"),
    ("0\tnan\tzest\n", "does not end"), ("0\t2\tzest\n1\t3\tcalm\n", "line 3: begins before"),
    ("0\t2\tjoy\n", "'joy' is none of the model's labels: zest, anger, calm"),
  ]

  @Test(arguments: broken) func whatIsNoTruthIsNamed(text: String, says: String) {
    let text = text.hasPrefix("!") ? String(text.dropFirst()) : Self.header + text
    let problem = #expect(throws: Truth.Problem.self) { try Truth(parsing: text, labels: Self.labels) }
    #expect(problem?.description.contains(says) == true, "\(problem?.description ?? "none")")
  }

  /// As an editor on Windows leaves it.
  @Test func otherLineEndsAndAMarkAreRead() throws {
    let text = "\u{FEFF}start\tend\temotion\r\n0\t2\tzest\r\n2\t3\tcalm\r\n"
    #expect(try Truth(parsing: text, labels: Self.labels).rows.map(\.emotion) == ["zest", "calm"])
  }

  @Test func windowsAreCountedWhereThereIsOneTruth() throws {
    // Nobody is there from 6 s on: what needs a face has no answer.
    let source = ScriptedSource(seconds: 12)
    source.face = { $0 < 150 ? 0 : nil }
    let results = try Run(source).events().events.results
    let top = try #require(results[0].top)
    let other = try #require(Self.labels.first { $0 != top })
    #expect(results.prefix(10).allSatisfy { $0.top == top })
    let truth = try read("0.00\t3.00\t\(top)\n3.00\t6.00\t\(other)\n6.00\t12.00\t\(top)\n")
    var score = Truth.Score()
    let verdicts = results.map { score.add($0, truth) }
    // A window every 0.32 s: two end within 3 s, one lies between 3 and 6 s, eleven within the last 6 s.
    #expect(verdicts.filter { $0 == true }.count == 2 && verdicts.filter { $0 == false }.count == 1)
    #expect(score.right == 2 && score.answered == 3 && score.unanswered == 11)
    #expect(score.mixed == results.count - 14 && score.share == 2.0 / 3)
    #expect(score.words.hasPrefix("the right emotion leads in 2 of 3 windows (67 %) that lie wholly in one emotion"))
    #expect(Truth.Score().share == nil && Truth.Score().words.contains("0 of 0 windows that"))
  }

  @Test func aTableShowsTheTruthBesideTheAnswer() throws {
    let source = ScriptedSource(seconds: 9)
    source.face = { $0 < 150 ? 0 : nil }
    let events = try Run(source).events().events
    let top = try #require(events.results[0].top)
    let other = try #require(Self.labels.first { $0 != top })
    let truth = try read("0.00\t3.00\t\(top)\n3.00\t9.00\t\(other)\n")
    var formatter = StreamFormatter(.text, truth: truth)
    let lines = events.compactMap { formatter.text(for: $0) }.joined().split(separator: "\n")
    #expect(lines[0] == "model three: untrained, the numbers mean nothing")
    #expect(lines[1].hasPrefix("    0.00 to   2.56 s  \(top) ") && lines[1].hasSuffix("right"), "\(lines[1])")
    #expect(lines.contains { $0.hasSuffix("truth: changes") })
    #expect(lines.contains { $0.contains("truth: \(other)") && $0.hasSuffix("wrong") })
    #expect(lines.contains { $0.contains("no answer: no face") && $0.hasSuffix("truth: \(other)") })
    // Columns stand below each other.
    let columns = lines.compactMap { line in
      line.range(of: "truth:").map { line.distance(from: line.startIndex, to: $0.lowerBound) }
    }
    #expect(Set(columns).count == 1, "\(lines.joined(separator: "\n"))")
    var plain = StreamFormatter(.text)
    #expect(!events.compactMap { plain.text(for: $0) }.joined().contains("truth"))
  }
}
