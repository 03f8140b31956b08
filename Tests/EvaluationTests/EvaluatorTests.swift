import Evaluation
import Files
import Lists
import Networks
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

/// A clip whose frames carry their own index.
struct NumberedClip: EvaluationClip {
  var frames: Int?
  var sound: Int?
  var hasFace = true

  var hasVideo: Bool { frames != nil }
  func samples() throws -> [Float]? { sound.map { (0..<$0).map { Float($0 % 401) / 400 - 0.5 } } }
  func crops(choosing choose: (Int) throws -> [Int]) throws -> [FaceCrop]? {
    let chosen = try choose(frames ?? 0)
    return !hasFace ? nil : chosen.map { FaceCrop(side: 160, pixels: [UInt8](repeating: UInt8($0), count: 76_800)) }
  }
}

@Suite struct EvaluatorTests {
  private func evaluator(_ model: ModelSummary = .three, _ classifier: FormulaClassifier = .init()) throws -> Evaluator
  {
    Evaluator(recognizer: try Recognizer(classifier: classifier, model: model), sampling: EvaluationSampling())
  }

  @Test func viewsAreAveraged() throws {
    let prediction = try evaluator().predict(NumberedClip(frames: 100, sound: 64_000))
    let values = try #require(prediction.values)
    #expect(prediction.views.count == 2 && prediction.views[0] != prediction.views[1])
    for label in 0..<3 {
      let mean = (prediction.views[0].values[label] + prediction.views[1].values[label]) / 2
      #expect((values[label] - mean).magnitude < 1e-7)
    }
  }

  @Test func aClipWithoutANeededSenseHasNoAnswer() throws {
    #expect(try evaluator().predict(NumberedClip(frames: nil, sound: 64_000)).reason == "no picture")
    #expect(try evaluator().predict(NumberedClip(frames: 100, sound: nil)).reason == "no sound")
    let hidden = try evaluator().predict(NumberedClip(frames: 100, sound: 64_000, hasFace: false))
    #expect(hidden.reason == "no face" && hidden.values == nil)
    let odd = try evaluator().predict(NumberedClip(frames: 5000, sound: 64_000))
    #expect(odd.values == nil && odd.views.isEmpty && odd.reason == "too little sound, or too few pictures beside it")
    var seeing = ModelSummary.three
    seeing.heads[0].modalities = .video
    #expect(try evaluator(seeing).predict(NumberedClip(frames: 100, sound: nil)).values != nil)
    #expect(try evaluator(seeing).predict(NumberedClip(frames: 100, sound: 64_000)).views.count == 2)
  }

  /// What a model of sound alone hears does not depend on a picture: the start and the end.
  @Test func soundAlone() throws {
    var hearing = ModelSummary.three
    hearing.heads[0].modalities = .audio
    let alone = try evaluator(hearing).predict(NumberedClip(frames: nil, sound: 64_000))
    #expect(alone.views.count == 2 && alone.views[0] != alone.views[1])
    let hidden = NumberedClip(frames: 100, sound: 64_000, hasFace: false)
    #expect(try evaluator(hearing).predict(hidden) == alone)
    #expect(try evaluator(hearing).predict(NumberedClip(frames: 100, sound: nil)).reason == "no sound")
    #expect(try evaluator(hearing).predict(NumberedClip(frames: nil, sound: 1024)).reason == "too little sound")
    let short = try evaluator(hearing).predict(NumberedClip(frames: nil, sound: 20_000))
    #expect(short.views.count == 2 && short.views[0] == short.views[1])
  }

  @Test func theReportCountsAndPrints() throws {
    var report = EvaluationReport(model: .three, sampling: EvaluationSampling())
    let entry = AnnotationList.Entry(line: 1, video: "faces", audio: "a.wav", label: ["1"])
    let good = try evaluator().predict(NumberedClip(frames: 100, sound: 64_000))
    let line = try JSONValue(parsing: report.add(good, entry: entry, label: .index(try #require(good.top))).text)
    #expect(line.keys == ["video", "audio", "label", "probabilities", "views"])
    #expect(line["probabilities"]?.keys == ["zest", "anger", "calm"])
    #expect(line["views"]?.elements?.map(\.keys) == [["logits"], ["logits"]])
    let skipped = try evaluator().predict(NumberedClip(frames: 100, sound: nil))
    let missing = report.add(skipped, entry: entry, label: .index(0)).text
    #expect(missing.contains(#""probabilities":null,"views":[],"reason":"no sound"}"#))
    #expect(report.addFailure("gone", entry: entry, label: .index(0)).text.contains(#""reason":"gone""#))
    let metrics = try JSONValue(parsing: report.json.text)
    for (key, wanted) in [("clips", 3), ("evaluated", 1), ("skipped", 1), ("failed", 1), ("war", 1), ("uar", 1)] {
      #expect(metrics[key]?.int == wanted, "\(key)")
    }
  }

  @Test func votesAreJudgedByTheirMajority() throws {
    var report = EvaluationReport(model: .three, sampling: EvaluationSampling())
    let entry = AnnotationList.Entry(line: 1, video: "faces", audio: "a.wav", label: ["1"])
    let good = try evaluator().predict(NumberedClip(frames: 100, sound: 64_000))
    let top = try #require(good.top)
    var shares = [0.2, 0.2, 0.2]
    shares[top] = 0.6
    let line = report.add(good, entry: entry, label: .clip(ClipLabel(classes: shares))).text
    #expect(line.contains(#""label":{"zest":"#), "\(line)")
    let tie = report.add(good, entry: entry, label: .clip(ClipLabel(classes: [0.5, 0.5, 0]))).text
    #expect(tie.contains(#""label":{"zest":0.5,"anger":0.5}"#), "\(tie)")
    #expect(report.add(good, entry: entry, label: .clip(ClipLabel(classes: [1, 0, 0]))).text.contains(#""label":0"#))
    let metrics = try JSONValue(parsing: report.json.text)
    #expect(metrics["evaluated"]?.int == 3 && metrics["undecided"]?.int == 1)
    let matrix = try #require(metrics["confusion"]?["rows_true_columns_predicted"]?.elements)
    #expect(matrix.flatMap { $0.elements ?? [] }.reduce(0) { $0 + ($1.int ?? 0) } == 2)
  }

  @Test func aRegressionReportsAgreement() throws {
    var report = EvaluationReport(model: .regression, sampling: EvaluationSampling())
    let entry = AnnotationList.Entry(line: 1, video: "f", audio: "a", label: ["0", "0", "0"])
    for frames in [50, 100, 150] {
      let prediction = try evaluator(.regression).predict(NumberedClip(frames: frames, sound: frames * 640))
      let values = try #require(prediction.values).map(Double.init)
      let text = report.add(prediction, entry: entry, label: .values(values)).text
      #expect(text.contains(#""attributes":{"valence":"#) && text.contains(#""label":["#))
    }
    let metrics = try JSONValue(parsing: report.json.text)
    #expect(try #require(metrics["ccc"]?["valence"]?.double) > 0.999_999)
    #expect(metrics["uar"] == nil)
  }
}
