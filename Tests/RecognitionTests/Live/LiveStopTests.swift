import Files
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

@Suite struct LiveStopTests {
  @Test func whatIsCompleteIsAnswered() throws {
    var stage = LiveStage.open()
    // Window 24 ends at 10.24; its sound is here at 10.325.
    stage.play(to: 10.34)
    stage.stop()
    let closed = try #require(stage.closed)
    #expect(stage.results.last?.sequence == 24 && stage.results.last?.estimate != nil && stage.gaps == [])
    #expect(closed.reason == .sigint && closed.windows == 25 && closed.answered == 25 && closed.skipped == 0)
    #expect(closed.end.seconds == 10.24)
  }

  /// Behind at the stop: the one in flight and a few more, the rest is said to be skipped.
  @Test func aSlowModelFinishes() throws {
    var stage = LiveStage.open()
    stage.modelTime = 3_000_000_000
    stage.play(to: 12)
    stage.stop(.sigterm)
    let closed = try #require(stage.closed)
    #expect(stage.gaps == [] && closed.windows + closed.skipped == stage.core.counters.windows)
    #expect(closed.reason == .sigterm && stage.events.closed != nil)
  }

  @Test(arguments: [0.0, 0.05, 1.5, 2.7]) func beforeOrAtTheFirstWindow(seconds: Double) throws {
    var stage = LiveStage.open()
    stage.play(to: seconds)
    stage.stop()
    let closed = try #require(stage.closed)
    // A short session has the window that replay would give it.
    #expect(closed.windows == (seconds > 0.06 ? 1 : 0) && stage.gaps == [])
    if seconds == 1.5 { #expect(closed.answered == 1 && (1.4...1.5).contains(closed.end.seconds)) }
  }

  @Test func withoutDevices() throws {
    for seconds in [0.0, 1, 5, 60] {
      var stage = LiveStage()
      (stage.camera, stage.microphone) = (false, false)
      stage.play(to: seconds)
      stage.stop()
      let closed = try #require(stage.closed)
      #expect(closed.answered == 0 && closed.counts.framesIn == 0 && stage.gaps == [])
      #expect(closed.windows == (seconds < 2.7 ? 0 : Int((seconds - 2.66) / 0.32) + 1))
    }
  }

  @Test func whileFrozenOrLost() throws {
    for change in [LiveDevice.Change.frozen, .lost] {
      for device in [LiveDevice.camera, .microphone] {
        var stage = LiveStage.open()
        stage.play(to: 8)
        if device == .camera { stage.camera = false } else { stage.microphone = false }
        stage.report(device, change)
        stage.play(to: 12)
        stage.stop()
        let end = try #require(stage.closed).end.seconds
        #expect(stage.gaps == [] && (11.6...12).contains(end))
      }
    }
  }

  @Test func nothingIsHeardAfterAStop() {
    var stage = LiveStage.open()
    stage.play(to: 5)
    stage.stop()
    let count = stage.events.count
    let accepted = stage.core.receive(CapturedAudio(samples: [1], time: LiveStage.zero), now: stage.now)
    #expect(!accepted)
    stage.core.tick(now: stage.now + 60_000_000_000)
    stage.report(.camera, .lost)
    stage.stop()
    #expect(stage.events.count == count)
  }

  @Test func countsAddUp() throws {
    var stage = LiveStage.open()
    // 100 ppm: a sample every 31.25 chunks.
    stage.soundSkew = 2000
    stage.play(to: 10)
    stage.frameDelay = 3_000_000_000
    stage.play(to: 20)
    stage.frameDelay = 60_000_000
    stage.losses = LiveLosses(frames: 17, samples: 320)
    stage.play(to: 30)
    stage.stop()
    let closed = try #require(stage.closed)
    let (counts, live) = (closed.counts, try #require(closed.live))
    #expect(counts.framesIn == stage.frames + 17)
    #expect(counts.framesIn == counts.framesUsed + counts.framesUnused + live.framesDroppedInside)
    #expect(live.framesLate == stage.lateFrames && stage.lateFrames > 0 && live.framesLate <= counts.framesUnused)
    #expect(live.framesDroppedInside == 17 && live.audioDropped == 320)
    #expect(live.audioLate == stage.lateChunks && (45...48).contains(live.slips))
  }

  @Test func everyLineFollowsTheSchema() throws {
    let schema = try streamSchema()
    var gated = ModelSummary.versatile
    gated.speechGate = .auto
    var stages = [
      LiveStage.open(), LiveStage(camera: false), LiveStage(microphone: false), LiveStage.open(),
      LiveStage.open(model: gated), LiveStage.open(),
    ]
    stages[5].isMuted = true
    stages[0].modelTime = 1_000_000_000
    for change in [LiveDevice.Change.waiting, .opened, .lost, .frozen, .back] {
      stages[0].report(.camera, change)
      stages[0].report(.microphone, change)
    }
    for code in [StreamStatus.Code.lowFrameRate, .linesDropped, .stream, .recording] {
      stages[0].core.say(code, .info, "so", now: stages[0].now)
    }
    stages[3].failingRun = 2
    var seen: Set<String> = []
    for i in stages.indices {
      stages[i].play(to: 35)
      stages[i].stop()
      for event in stages[i].events {
        let value = try JSONValue(parsing: event.json.text)
        #expect(schema.problems(value) == [], "\(event.json.text)")
        seen.insert((value["type"]?.string ?? "") + (value["code"]?.string ?? ""))
      }
    }
    let live = StreamStatus.Code.allCases.filter {
      ![.damaged, .face, .audio, .silent, .speech, .faceChanged].contains($0)
    }
    #expect(seen.isSuperset(of: live.map { "status" + $0.rawValue } + ["clock", "session.created", "session.closed"]))
    let created = try JSONValue(parsing: stages[1].events[0].json.text)
    #expect(created["source"]?["kind"]?.string == "live" && created["clock"]?["mono_ns"]?.int == 5_000_000_000)
    #expect(created["source"]?["camera"] == .null)
    #expect(created["source"]?["microphone"]?["name"]?.string == "alsa_input.usb")
  }
}
