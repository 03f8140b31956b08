import Files
import Networks
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

private struct Broken: Error, CustomStringConvertible { var description: String { "the disk melted" } }

@Suite struct ReplaySessionTests {
  /// Every line of every kind of session is valid, and each kind of event occurs.
  @Test func everyLineFollowsTheSchema() throws {
    let schema = try streamSchema()
    let gone = ScriptedSource(seconds: 12)
    gone.face = { (60..<140).contains($0) ? nil : $0 / 180 }
    gone.damageAt = (200, "frame 200 is damaged")
    var regression = Run(ScriptedSource(seconds: 4))
    regression.model = .regression
    let broken = ScriptedSource(seconds: 4)
    broken.failure = (90, Broken())
    var saving = Run(ScriptedSource(seconds: 8))
    saving.model.economy = SpeedSettings(videoTokens: 0.25, pictureEvery: Instant(seconds: 0.7))
    let runs = [
      saving, Run(ScriptedSource(seconds: 4)), Run(ScriptedSource(seconds: 1)), Run(gone), regression, Run(broken),
      Run(ScriptedSource(seconds: 4, video: false)), Run(ScriptedSource(seconds: 4, audio: false)),
      Run(ScriptedSource(seconds: 0)),
    ]
    var seen: Set<String> = []
    for run in runs {
      for event in try run.events().events {
        let line = event.json.text
        let value = try JSONValue(parsing: line)
        #expect(schema.problems(value) == [], "\(line)")
        seen.insert((value["type"]?.string ?? "") + (value["code"]?.string ?? ""))
      }
    }
    #expect(
      seen == [
        "session.created", "emotion.result", "session.closed", "statusno_face", "statusface", "statusno_audio",
        "statusface_changed", "statusdamaged",
      ])
  }

  /// The validator can fail: a stream line with one thing wrong is refused.
  @Test(arguments: [
    #""seq":0"#: #""seq":-1"#, #""emotions":{"zest":"#: #""emotions":{"zest":1"#, #""used":true"#: #""used":1"#,
    #""top":"#: #""topp":"#, #""latency":{"infer_ms":"#: #""latency":{"ms":"#,
  ]) func theSchemaRefusesWhatIsWrong(right: String, wrong: String) throws {
    let line = try #require(try Run(ScriptedSource(seconds: 3)).events().events.first { $0.isResult }).json.text
    #expect(line.contains(right))
    let broken = line.split(separator: right, maxSplits: 1).joined(separator: wrong)
    #expect(try streamSchema().problems(JSONValue(parsing: broken)) != [])
  }

  @Test func aLineHasEverythingInOrder() throws {
    let (events, outcome) = try Run(ScriptedSource(seconds: 4)).events()
    let results = events.results
    // 2.56 + k · 0.32 ≤ 4.
    #expect(results.map(\.sequence) == [0, 1, 2, 3, 4])
    #expect(results.map(\.end.seconds) == [2.56, 2.88, 3.2, 3.52, 3.84])
    let value = try JSONValue(parsing: StreamEvent.result(results[1]).json.text)
    #expect(
      value.keys == [
        "type", "seq", "start", "end", "face_id", "emotions", "top", "confidence", "head", "modalities",
        "latency",
      ])
    let emotions = try #require(value["emotions"])
    #expect(emotions.keys == ["zest", "anger", "calm"])
    let probabilities = emotions.keys.compactMap { emotions[$0]?.double }
    #expect((probabilities.reduce(0, +) - 1).magnitude < 1e-6)
    let top = try #require(value["top"]?.string)
    #expect(emotions[top] == value["confidence"] && value["confidence"]?.double == probabilities.max())
    #expect(value["modalities"]?["video"]?["bbox"]?.elements?.map(\.double) == [10.12, 20, 100, 100])
    let closed = outcome.closed
    #expect(closed.reason == .endOfInput && closed.windows == 5 && closed.answered == 5 && closed.skipped == 0)
    #expect(closed.counts.framesIn == 100 && closed.counts.framesWithFace == 100)
    #expect(closed.counts.framesUsed + closed.counts.framesUnused == 100)
    #expect(outcome.failure == nil && outcome.damage == [] && events.codes == [])
  }

  @Test func twoRunsAreTheSameButForLatencyAndClock() throws {
    func lines(tick: Int64) throws -> [JSONValue] {
      let run = Run(ScriptedSource(seconds: 5))
      run.clock.tick = tick
      return try run.events().events.map { try JSONValue(parsing: $0.json.text).without(["latency", "wall"]) }
    }
    #expect(try lines(tick: 1000) == lines(tick: 5_000_000))
  }

  @Test func aMissingTrackIsSaidOnceAndNothingIsGuessed() throws {
    for (video, audio, code) in [(false, true, StreamStatus.Code.noFace), (true, false, .noAudio)] {
      let run = Run(ScriptedSource(seconds: 4, video: video, audio: audio))
      let (events, outcome) = try run.events()
      #expect(events.results.count == 5)
      #expect(events.results.allSatisfy { $0.estimate == nil && $0.top == nil && $0.confidence == nil })
      #expect(events.results.allSatisfy { $0.videoUsed == video && $0.audioUsed == audio })
      #expect(events.codes == [code])
      #expect(run.classifier.runs == 0)
      #expect(outcome.closed.reason == .endOfInput && outcome.closed.answered == 0)
      #expect(
        StreamEvent.result(events.results[0]).json.text.contains(#""emotions":null,"top":null,"confidence":null"#))
    }
  }

  /// Results rest on the model's modality alone, whether the other one is there or not, and nobody misses it.
  @Test func aModelOfOneSenseAnswersWithoutTheOther() throws {
    for (modalities, other) in [(Modalities.video, false), (.video, true), (.audio, false), (.audio, true)] {
      let (video, audio) = (modalities.hasVideo || other, modalities.hasAudio || other)
      var run = Run(ScriptedSource(seconds: 4, video: video, audio: audio))
      run.model.heads[0].modalities = modalities
      let events = try run.events().events
      #expect(events.results.count == 5 && events.results.allSatisfy { $0.estimate != nil })
      #expect(events.results.allSatisfy { $0.videoUsed == modalities.hasVideo && $0.audioUsed == modalities.hasAudio })
      #expect(events.codes.isEmpty)
    }
  }

  @Test func aFaceThatGoesAndComesIsSaidOnChangesOnly() throws {
    let source = ScriptedSource(seconds: 12)
    source.face = { (100..<200).contains($0) ? nil : $0 < 100 ? 0 : 3 }
    let (events, _) = try Run(source).events()
    #expect(events.codes == [.noFace, .face, .faceChanged])
    let answers = events.results.map { $0.estimate != nil }
    #expect(answers.first == true && answers.last == true && answers.contains(false))
    // The stream has one line a hop whatever happens.
    #expect(events.results.map(\.sequence) == Array(0..<events.results.count))
  }

  @Test func aRegressionGivesAttributes() throws {
    var run = Run(ScriptedSource(seconds: 3))
    run.model = .regression
    let line = try #require(try run.events().events.first { $0.isResult }).json.text
    #expect(line.contains(#""attributes":{"valence":"#) && !line.contains("emotions"))
    #expect(line.contains(#""top":null,"confidence":null"#))
  }

  @Test func aSourceThatBreaksStillGivesWhatItGave() throws {
    let source = ScriptedSource(seconds: 10)
    source.failure = (90, Broken())
    let (events, outcome) = try Run(source).events()
    #expect(events.results.count >= 3)
    #expect(outcome.failure is Broken)
    #expect(events.closed?.reason == .error && events.closed?.message == "the disk melted")
  }

  @Test func damageIsSaidWhereItIsFoundAndAtTheEnd() throws {
    let source = ScriptedSource(seconds: 6)
    source.damageAt = (100, "cut off")
    let (events, outcome) = try Run(source).events()
    #expect(events.codes == [.damaged] && outcome.damage == ["cut off"] && outcome.failure == nil)
    #expect(events.closed?.reason == .error && events.results.count == 11)
  }

  /// A recorded live session may have gone on after its devices.
  @Test func linesGoOnToTheEndOfASession() throws {
    for (video, audio) in [(true, true), (true, false), (false, true)] {
      let source = ScriptedSource(seconds: 4, video: video, audio: audio)
      source.end = Instant(seconds: 10)
      let (events, outcome) = try Run(source).events()
      // 2.56 + 0.32 k ≤ 10.
      #expect(events.results.count == 24 && events.results.last?.estimate == nil)
      #expect(events.results.first?.estimate != nil || !(video && audio))
      #expect(outcome.closed.reason == .endOfInput)
    }
  }

  @Test func aModelThatGivesNaNEndsTheSession() throws {
    let run = Run(ScriptedSource(seconds: 5))
    run.classifier.failure = (3, nil)
    let (events, outcome) = try run.events()
    #expect(outcome.failure as? RecognitionError == .notFinite(label: "anger"))
    #expect(events.results.count == 2 && events.closed?.reason == .error)
    #expect(!events.contains { $0.json.text.contains("nan") })
  }

  @Test func aStopEndsTheSessionAtOnce() throws {
    var run = Run(ScriptedSource(seconds: 3600))
    let classifier = run.classifier
    run.stop = { classifier.runs >= 2 ? .sigint : nil }
    let (events, outcome) = try run.events()
    #expect(events.results.count == 2 && outcome.closed.reason == .sigint)
  }

  @Test func whatTheSinkThrowsEndsEverything() throws {
    let source = ScriptedSource(seconds: 5)
    let header = SessionCreated(
      version: "0", source: .init(kind: "file", input: "x", video: nil, audio: nil), model: .three,
      hop: Instant(nanoseconds: 320_000_000), face: "none", wall: "2026-01-01T00:00:00Z")
    var said = 0
    let session = ReplaySession(
      header: header, source: source, recognizer: try Recognizer(classifier: FormulaClassifier(), model: .three),
      clock: ScriptedClock()
    ) { _ in
      said += 1
      if said == 3 { throw Broken() }
    }
    #expect(throws: Broken.self) { try session.run() }
    #expect(said == 3)
  }

  @Test func pacingFollowsTheRecording() throws {
    var run = Run(ScriptedSource(seconds: 4))
    run.speed = 2
    let (events, _) = try run.events()
    #expect(events.results.count == 5 && run.clock.waits >= 5)
    // The last window ends at 3.84 s; at twice the speed that is 1.92 s after the begin.
    #expect((1_920_000_000...1_990_000_000).contains(run.clock.time))
  }
}

extension StreamEvent {
  var isResult: Bool { if case .result = self { true } else { false } }
}
