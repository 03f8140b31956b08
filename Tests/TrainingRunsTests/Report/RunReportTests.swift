import Foundation
import Testing

@testable import TrainingRuns

@Suite struct RunReportTests {
  private func page(_ records: [RunRecord]) -> String {
    RunReport.html(history: RunHistory(records: records), settings: MadeRuns.settings)
  }

  @Test func fineTuningShowsItsResults() {
    let page = page(MadeRuns.fineTuning())
    #expect(page.contains("Fine-tuning: 7 classes"))
    #expect(page.components(separatedBy: "class=\"heat\"").count == 3, "one matrix of the best, one of the last")
    #expect(page.contains("Best: epoch 18") && page.contains("Last: epoch 25"))
    for label in MadeRuns.emotions { #expect(page.contains(label)) }
    for title in ["Recall of each class", "Picture encoder", "Sound encoder", "Learning rate", "silent", "★ best"] {
      #expect(page.contains(title))
    }
    #expect(page.contains("✓ done") && page.contains("emodb/fold1/train.csv"))
  }

  @Test func preTrainingShowsItsParts() {
    let page = page(MadeRuns.pretraining())
    for title in ["Pre-training", "Loss of the picture", "Loss of the contrast", "resumed once", "not ended"] {
      #expect(page.contains(title))
    }
    #expect(!page.contains("class=\"heat\""))
  }

  /// SVG and tables are well formed: an XML parser takes the body as it is.
  @Test func markupIsWellFormed() throws {
    var regression = RunRecord.Validation(epoch: 0, step: 1, clips: 2, loss: 1)
    (regression.ccc, regression.pcc) = ([0.5, nil], [nil, 0.25])
    let created = RunRecord.created(.init(task: .finetune, time: "x", version: "1", labels: ["a<b", "\"&'"]))
    let runs = [MadeRuns.pretraining(), MadeRuns.fineTuning(), [], [created, .validation(regression)]]
    for records in runs {
      let page = page(records)
      let start = try #require(page.range(of: "<body>")).lowerBound
      let end = try #require(page.range(of: "</body>")).upperBound
      #expect(throws: Never.self) { try XMLCheck(String(page[start..<end])) }
    }
  }

  @Test func nothingIsLoadedAndTextStaysText() {
    let evil = "<script>alert(1)</script><img src=x onerror='y'>\"\u{202E}\u{0}"
    var validation = RunRecord.Validation(epoch: 0, step: 1, clips: 2, loss: 1)
    (validation.confusion, validation.recall, validation.uar) = ([[1, 0], [0, 1]], [1, 1], 1)
    let records: [RunRecord] = [
      .created(.init(task: .finetune, time: evil, version: evil, labels: [evil, evil])),
      .broken(.init(step: 0, clip: evil)), .validation(validation),
      .checkpoint(.init(step: 1, path: evil, best: true)),
      .closed(.init(step: 1, reason: .error, message: evil)),
    ]
    let settings = ReportSettings([.init(name: evil, value: evil)])
    let page = RunReport.html(history: RunHistory(records: records), settings: settings)
    for banned in ["<script", "<img", "http:", "https:", "url(", "@import", "\u{202E}", "\u{0}"] {
      #expect(!page.contains(banned))
    }
    #expect(page.contains("&lt;script&gt;alert(1)"))
  }

  @Test func valuesThatAreNoNumbersAreCountedAndNotDrawn() {
    let losses = [1, .nan, 2, .infinity, 1e300]
    let page = page(
      losses.enumerated().map {
        .step(.init(step: $0.offset, epoch: 0, loss: $0.element, rate: 0, gradientNorm: 5, clips: 1))
      })
    #expect(page.contains("3 values that are no finite number are not shown"))
    #expect(!page.contains("nan") && !page.contains("inf "))
  }

  @Test func longCurvesAreThinnedByMeans() {
    let points = (0..<1800).map { (x: Double($0), y: Double($0 % 3)) }
    let thinned = LineChart.thinned(points)
    #expect(thinned.count == 600)
    #expect(thinned.allSatisfy { $0.y == 1 } && thinned[0].x == 1 && thinned[599].x == 1798)
    #expect(LineChart.thinned(Array(points.prefix(600))).count == 600)
  }

  @Test func ticksAreRoundNumbers() {
    func labels(_ values: [Double], _ kind: ChartAxis.Kind) -> [String] { ChartAxis(values, kind).ticks.map(\.label) }
    #expect(labels([0.62, 2.1], .plain) == ["0.5", "1.0", "1.5", "2.0", "2.5"])
    #expect(labels([0, 1], .percent) == ["0", "20", "40", "60", "80", "100"])
    #expect(labels([0.5, 400], .automatic) == ["0.1", "1", "10", "100", "1000"])
    // A stranger's log may hold the smallest numbers that there are.
    let least = Double.leastNonzeroMagnitude
    for values in [[least], [2 * least, least], [4 * least, 0.5]] {
      for kind in [ChartAxis.Kind.plain, .percent, .automatic] { #expect(!labels(values, kind).isEmpty) }
    }
    #expect(escaped("a\u{FFFF}<b") == "a\u{FFFD}&lt;b")
    let rate = ChartAxis([0, 3e-4], .plain)
    #expect(rate.factor == "×10⁻⁴" && rate.ticks.map(\.label) == ["0", "1", "2", "3"])
    #expect(ChartAxis([7, 7], .plain).position(7) == 0.5)
  }
}

/// Throws where text is not well-formed XML, as far as tags go: what is opened is closed, in order.
private struct XMLCheck {
  struct Broken: Error {
    var tag: String
  }

  init(_ text: String) throws {
    var open: [Substring] = []
    for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      guard let end = piece.firstIndex(of: ">") else { throw Broken(tag: String(piece)) }
      let tag = piece[..<end]
      guard tag.count(where: { $0 == "\"" }) % 2 == 0 else { throw Broken(tag: String(tag)) }
      let name = tag.prefix { $0 != " " }
      if name.hasPrefix("/") {
        guard open.popLast() == name.dropFirst() else { throw Broken(tag: String(tag)) }
      } else if !tag.hasSuffix("/") {
        open.append(name)
      }
    }
    guard open.isEmpty else { throw Broken(tag: "unclosed") }
  }
}
