import Evaluation
import Files
import Lists
import Networks
import Recognition
import RecognitionFixtures
import Signal
import Tensor
import TestSupport
import Testing

/// Outputs tell what a head was given: a mean of the pixels, a mean of the spectrogram, and 1.
private final class TellingClassifier: WindowClassifier {
  let outputs = 3

  func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, steps: WindowSteps,
    into outputs: FloatBuffer
  ) throws {
    func mean(_ values: FloatBuffer, _ isSeen: Bool) -> Float {
      isSeen ? stride(from: 0, to: values.count, by: 499).reduce(Float(0)) { $0 + values.base[$1] } / 1000 : 0
    }
    outputs.base[0] = mean(video, head.modalities.hasVideo)
    outputs.base[1] = mean(audio, head.modalities.hasAudio)
    outputs.base[2] = 1
  }
}

/// One head alone, and windows that lose modalities.
@Suite struct EvaluationConditionsTests {
  private let whole = NumberedClip(frames: 100, sound: 64_000)

  private func evaluator(
    _ model: ModelSummary = .versatile, senses: Modalities? = nil, missing: MissingModalities? = nil, views: Int = 2
  ) throws -> Evaluator {
    Evaluator(
      recognizer: try Recognizer(classifier: TellingClassifier(), model: model),
      sampling: EvaluationSampling(views: views), conditions: EvaluationConditions(senses: senses, missing: missing))
  }

  /// Each choice follows from seed, clip, window and modality; shares are near the chances; 0 and 1 are exact.
  @Test func choicesFollowTheSeed() {
    let missing = MissingModalities(video: 0.3, audio: 0.6, seed: 5)
    var (lost, other, places) = ([Modalities](), [Modalities](), [(Int, Int)]())
    for clip in 0..<500 {
      for window in 0..<4 {
        places.append((clip, window))
        lost.append(missing.lost(clip: clip, window: window))
        other.append(MissingModalities(video: 0.3, audio: 0.6, seed: 6).lost(clip: clip, window: window))
        // What is lost is lost at every higher chance, and each modality is by itself.
        let more = MissingModalities(video: 0.4, audio: 0.6, seed: 5).lost(clip: clip, window: window)
        #expect(more.isSuperset(of: lost[lost.count - 1]) && more.hasAudio == lost[lost.count - 1].hasAudio)
        #expect(MissingModalities(seed: 5).lost(clip: clip, window: window).isEmpty)
        #expect(MissingModalities(video: 1, audio: 1, seed: 5).lost(clip: clip, window: window) == .audioVideo)
        #expect(MissingModalities(video: 1, seed: 5).lost(clip: clip, window: window) == .video)
      }
    }
    #expect(lost != other && places.map { missing.lost(clip: $0.0, window: $0.1) } == lost)
    func share(_ isCounted: (Modalities) -> Bool) -> Double { Double(lost.count(where: isCounted)) / 2000 }
    // Standard deviations are 0.010 and 0.011.
    #expect(abs(share(\.hasVideo) - 0.3) < 0.045 && abs(share(\.hasAudio) - 0.6) < 0.045)
    #expect(abs(share { $0 == .audioVideo } - 0.18) < 0.04)
    // Windows of a clip, and clips, are apart.
    #expect(lost[0..<1000] != lost[1000..<2000])
    #expect((0..<500).contains { lost[4 * $0] != lost[4 * $0 + 1] })
  }

  /// What a head does not rest on is as if it were not there.
  @Test func oneHeadAlone() throws {
    let heard = try evaluator().predict(NumberedClip(frames: nil, sound: 64_000))
    #expect(try evaluator(senses: .audio).predict(whole) == heard && heard.heads == ["audio", "audio"])
    let seen = try evaluator().predict(NumberedClip(frames: 100, sound: nil))
    #expect(try evaluator(senses: .video).predict(whole) == seen && seen.heads == ["video", "video"])
    let both = try evaluator(senses: .audioVideo).predict(whole)
    #expect(try evaluator().predict(whole) == both && both.heads == ["both", "both"])
    // What it rests on must be there.
    for (senses, clip, reason) in [
      (Modalities.audioVideo, NumberedClip(frames: nil, sound: 64_000), "no picture"),
      (.audioVideo, NumberedClip(frames: 100, sound: nil), "no sound"),
      (.audioVideo, NumberedClip(frames: 100, sound: 64_000, hasFace: false), "no face"),
      (.video, NumberedClip(frames: nil, sound: 64_000), "no picture"),
      (.audio, NumberedClip(frames: 100, sound: nil), "no sound"),
    ] as [(Modalities, NumberedClip, String)] {
      let prediction = try evaluator(senses: senses).predict(clip)
      #expect(prediction.values == nil && prediction.reason == reason && prediction.heads.isEmpty)
    }
  }

  /// Every window is answered by the best head for what it kept, from the clip's own windows.
  @Test func windowsThatLoseModalities() throws {
    let all = try evaluator(views: 16).predict(whole)
    let missing = MissingModalities(video: 0.5, audio: 0.5, seed: 2)
    let some = try evaluator(missing: missing, views: 16).predict(whole, number: 3)
    let names = (0..<16).map { window -> String? in
      let lost = missing.lost(clip: 3, window: window)
      return lost.isEmpty ? "both" : lost == .video ? "audio" : lost == .audio ? "video" : nil
    }
    #expect(some.heads == names && Set(names).count == 4)
    var answered = some.views[...]
    for (window, name) in names.enumerated() where name != nil {
      let (given, whole) = (answered.popFirst()?.outputs, all.views[window].outputs)
      #expect(given == [name == "audio" ? 0 : whole[0], name == "video" ? 0 : whole[1], 1], "\(window)")
    }
    #expect(answered.isEmpty)
    let mean = some.views.reduce(0.0) { $0 + Double($1.values[1]) } / Double(some.views.count)
    #expect(some.values?[1] == Float(mean))
    // Another clip loses others; at 0 nothing is lost, whatever the seed.
    #expect(try evaluator(missing: missing, views: 16).predict(whole, number: 4).heads != names)
    #expect(try evaluator(missing: MissingModalities(seed: 9), views: 16).predict(whole, number: 3) == all)
    // Without video all windows are answered from audio; of a clip without a face they are so in any case.
    let heard = try evaluator(missing: MissingModalities(video: 1)).predict(whole)
    #expect(heard.heads == ["audio", "audio"] && heard.values != nil)
    let hidden = NumberedClip(frames: 100, sound: 64_000, hasFace: false)
    #expect(
      try evaluator(missing: MissingModalities(video: 1)).predict(hidden)
        == evaluator().predict(NumberedClip(frames: nil, sound: 64_000)))
    // Nothing is left, or nothing that the only head could answer from.
    for (model, senses, missing) in [
      (ModelSummary.versatile, Modalities?.none, MissingModalities(video: 1, audio: 1)),
      (.three, nil, MissingModalities(video: 1)), (.versatile, .audioVideo, MissingModalities(audio: 1)),
    ] as [(ModelSummary, Modalities?, MissingModalities)] {
      let none = try evaluator(model, senses: senses, missing: missing).predict(whole)
      #expect(none.values == nil && none.views.isEmpty && none.heads == [nil, nil])
      #expect(none.reason == "no window has what the model needs")
    }
  }

  /// The report says what was asked and who answered; a line has each window's head.
  @Test func theReportSaysWhatWasAsked() throws {
    let missing = MissingModalities(video: 0.7, audio: 0.7, seed: 2)
    let conditions = EvaluationConditions(missing: missing)
    var report = EvaluationReport(model: .versatile, sampling: EvaluationSampling(views: 3), conditions: conditions)
    let entry = AnnotationList.Entry(line: 1, video: "faces", audio: "a.wav", label: ["1"])
    let judge = try evaluator(missing: missing, views: 3)
    var (counts, skipped) = ([String: Int](), 0)
    for number in 0..<40 {
      let prediction = try judge.predict(whole, number: number)
      let line = try JSONValue(
        parsing: report.add(prediction, entry: entry, label: .index(prediction.top ?? 1)).text)
      let views = try #require(line["views"]?.elements)
      #expect(views.count == 3 && views.allSatisfy { $0.keys == ["head", "logits"] })
      #expect(views.map { $0["head"]?.string } == prediction.heads)
      #expect(views.map { $0["logits"]?.isNull } == prediction.heads.map { $0 == nil })
      for head in prediction.heads { counts[head ?? "none", default: 0] += 1 }
      skipped += prediction.values == nil ? 1 : 0
    }
    let json = try JSONValue(parsing: report.json.text)
    #expect(json["senses"]?.isNull == true && json["seed"]?.int == 2)
    #expect(json["missing"]?["video"]?.double == 0.7 && json["missing"]?["audio"]?.double == 0.7)
    #expect(json["windows"]?["answered"]?.keys == ["both", "audio", "video"])
    for head in ["both", "audio", "video"] {
      #expect(json["windows"]?["answered"]?[head]?.int == counts[head] && counts[head] ?? 0 > 0)
    }
    #expect(json["windows"]?["unanswered"]?.int == counts["none"] && counts.values.reduce(0, +) == 120)
    #expect(skipped > 0 && json["skipped"]?.int == skipped && json["war"]?.double == 1)
    #expect(json["war_of_all"]?.double == Double(40 - skipped) / 40)
    #expect(try #require(json["uar_of_all"]?.double) < 1)
    let plain = try JSONValue(
      parsing: EvaluationReport(model: .three, sampling: EvaluationSampling()).json.text)
    #expect(["senses", "missing", "seed"].allSatisfy { plain[$0]?.isNull == true })
    let one = EvaluationConditions(senses: .audio)
    let heard = EvaluationReport(model: .versatile, sampling: EvaluationSampling(), conditions: one)
    #expect(try JSONValue(parsing: heard.json.text)["senses"]?.string == "a")
  }
}
