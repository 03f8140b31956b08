import Files
import Lists
import Networks
import Recognition
import Signal
import TestSupport
import Testing

@testable import Evaluation

/// Figures of folds beside numbers worked out by hand.
@Suite struct FoldsReportTests {
  private static let classes = ModelSummary(
    id: "m", sha256: nil, labels: ["calm", "angry", "glad"], task: .classification, trained: true)
  private static let values = ModelSummary(id: "m", sha256: nil, labels: ["valence"], task: .regression, trained: true)
  private let entry = AnnotationList.Entry(line: 1, video: "faces", audio: "a.wav", label: ["0"])

  private func folds(_ model: ModelSummary, _ count: Int = 2) -> FoldsReport {
    FoldsReport(
      (1...count).map {
        .init(model: "runs/\($0)", list: "\($0).csv", report: .init(model: model, sampling: EvaluationSampling()))
      })
  }

  private func answer(_ values: [Float]?) -> ClipPrediction {
    ClipPrediction(views: [], values: values, reason: values == nil ? "no face" : nil)
  }

  private func add(_ pairs: [(Int, Int)], to report: inout FoldsReport, fold: Int) {
    for (truth, predicted) in pairs {
      var values: [Float] = [0.1, 0.1, 0.1]
      values[predicted] = 0.8
      _ = report.add(answer(values), fold: fold, entry: entry, label: .index(truth))
    }
  }

  private func near(_ value: JSONValue?, _ wanted: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    let difference = ((value?.double ?? .infinity) - wanted).magnitude
    #expect(difference < 1e-14, "\(value.debugDescription), not \(wanted)", sourceLocation: sourceLocation)
  }

  /// Recalls 2/3 and 1 in the first fold, 1/2 and 1 in the second; 2/3, 2/3 and 1 in the pool.
  @Test func classesByHand() throws {
    var report = folds(Self.classes)
    add([(0, 0), (0, 0), (0, 1), (1, 1)], to: &report, fold: 0)
    add([(1, 0), (1, 1), (2, 2)], to: &report, fold: 1)
    _ = report.add(answer(nil), fold: 1, entry: entry, label: .index(2))
    _ = report.addFailure("gone", fold: 1, entry: entry, label: .index(0))
    let json = try JSONValue(parsing: report.json.text)
    #expect(json.keys == ["task", "folds", "mean_over_folds", "sd_over_folds", "pooled_over_clips"])

    let parts = try #require(json["folds"]?.elements)
    #expect(parts.map { $0["fold"]?.int } == [1, 2] && parts.map { $0["data"]?.string } == ["1.csv", "2.csv"])
    #expect(parts.map { $0["evaluated"]?.int } == [4, 3] && parts.map { $0["failed"]?.int } == [0, 1])
    near(parts[0]["uar"], 5.0 / 6)
    near(parts[0]["war"], 3.0 / 4)
    near(parts[0]["weighted_f1"], 23.0 / 30)
    near(parts[1]["uar"], 3.0 / 4)
    near(parts[1]["war"], 2.0 / 3)
    near(parts[1]["weighted_f1"], 7.0 / 9)

    let (mean, deviation) = (try #require(json["mean_over_folds"]), try #require(json["sd_over_folds"]))
    let root = 2.0.squareRoot()
    near(mean["uar"], 19.0 / 24)
    near(mean["war"], 17.0 / 24)
    near(mean["weighted_f1"], 139.0 / 180)
    near(deviation["uar"], 1 / 12.0 / root)
    near(deviation["war"], 1 / 12.0 / root)
    near(deviation["weighted_f1"], 1 / 90.0 / root)

    let pooled = try #require(json["pooled_over_clips"])
    for (key, wanted) in [("clips", 9), ("evaluated", 7), ("skipped", 1), ("failed", 1)] {
      #expect(pooled[key]?.int == wanted, "\(key)")
    }
    near(pooled["uar"], 7.0 / 9)
    near(pooled["war"], 5.0 / 7)
    near(pooled["weighted_f1"], 5.0 / 7)
    let rows = pooled["confusion"]?["rows_true_columns_predicted"]?.elements?.map { $0.elements?.map(\.int) }
    #expect(rows == [[2, 1, 0], [1, 2, 0], [0, 0, 1]])
  }

  /// x 1 2 3 4 beside y 2 4 5 9, and x 0 1 beside y 1 0.
  @Test func agreementByHand() throws {
    var report = folds(Self.values)
    for (x, y) in [(1.0, 2.0), (2, 4), (3, 5), (4, 9)] {
      _ = report.add(answer([Float(y)]), fold: 0, entry: entry, label: .values([x]))
    }
    for (x, y) in [(0.0, 1.0), (1, 0)] {
      _ = report.add(answer([Float(y)]), fold: 1, entry: entry, label: .values([x]))
    }
    let json = try JSONValue(parsing: report.json.text)
    let first = 11 / 130.0.squareRoot()
    near(json["folds"]?.elements?[1]["ccc"]?["valence"], -1)
    near(json["mean_over_folds"]?["ccc"]?["valence"], (88.0 / 199 - 1) / 2)
    near(json["sd_over_folds"]?["ccc"]?["valence"], (88.0 / 199 + 1) / 2.0.squareRoot())
    near(json["mean_over_folds"]?["pcc"]?["valence"], (first - 1) / 2)
    near(json["pooled_over_clips"]?["ccc"]?["valence"], 405.0 / 704)
    near(json["pooled_over_clips"]?["pcc"]?["valence"], 135 / 20865.0.squareRoot())
  }

  /// 1, 2, 4: mean 7/3, squares 16/9 + 1/9 + 25/9 over 2.
  @Test func deviationHasOneLess() {
    #expect(FoldsReport.mean([1, 2, 4]) == 7.0 / 3)
    let off = FoldsReport.deviation([1, 2, 4]) - (7.0 / 3).squareRoot()
    #expect(off.magnitude < 1e-15)
    #expect(FoldsReport.deviation([0.5, 0.5]) == 0)
  }

  /// A mean over fewer folds than there are would look like one over all.
  @Test func aFoldWithoutAFigureLeavesNoMean() throws {
    var report = folds(Self.classes, 3)
    add([(0, 0)], to: &report, fold: 0)
    add([(1, 1)], to: &report, fold: 2)
    _ = report.add(answer(nil), fold: 1, entry: entry, label: .index(2))
    let json = try JSONValue(parsing: report.json.text)
    #expect(json["mean_over_folds"]?["uar"]?.isNull == true && json["sd_over_folds"]?["war"]?.isNull == true)
    #expect(json["pooled_over_clips"]?["uar"]?.double == 1)
  }

  @Test func aSingleListIsNoFold() throws {
    var report = folds(Self.classes, 1)
    var alone = EvaluationReport(model: Self.classes, sampling: EvaluationSampling())
    let line = report.add(answer([0.1, 0.8, 0.1]), fold: 0, entry: entry, label: .index(1))
    #expect(line == alone.add(answer([0.1, 0.8, 0.1]), entry: entry, label: .index(1)))
    #expect(report.json == alone.json)
    var two = folds(Self.classes)
    let numbered = try JSONValue(
      parsing: two.add(answer([0.1, 0.8, 0.1]), fold: 1, entry: entry, label: .index(1)).text)
    #expect(numbered.keys.first == "fold" && numbered["fold"]?.int == 2)
  }

  @Test func modelsThatCannotBePooled() {
    var other = Self.classes
    #expect(FoldsReport.difference(of: other, from: Self.classes) == nil)
    other.labels = ["angry", "calm", "glad"]
    #expect(FoldsReport.difference(of: other, from: Self.classes)?.contains("in another order: angry") == true)
    other.labels = ["calm", "angry"]
    #expect(
      FoldsReport.difference(of: other, from: Self.classes)?.contains("other labels: calm, angry; not calm") == true)
    #expect(FoldsReport.difference(of: Self.values, from: Self.classes)?.contains("is a regression") == true)
  }
}
