import Recognition
import RecognitionFixtures
import Signal
import Testing

/// What live saw and heard, and the windows that it gave to the model.
private final class Kept {
  var frames: [FaceFrame<FaceCrop>] = []
  var sounds: [CapturedAudio] = []
  var windows: [Window<FaceCrop>] = []
}

/// Replay equals live: what the verdicts accept is all that replay needs.
@Suite struct LiveReplayTests {
  /// Also where pictures are held and live skipped the windows that they are from.
  @Test(arguments: 0..<6, [0.0, 1.1]) func acceptedDataGiveTheSameWindows(seed: Int, pictureEvery: Double) throws {
    let kept = Kept()
    let economy = SpeedSettings(pictureEvery: Instant(seconds: pictureEvery))
    var model = ModelSummary.three
    model.economy = economy
    var stage = LiveStage.open(model: model)
    stage.recorder = { frame, sound in
      if let frame { kept.frames.append(frame) }
      if let sound { kept.sounds.append(sound) }
    }
    stage.inspector = { kept.windows.append($0) }
    stage.clapInterval = 1_000_000_000
    // Faults at other moments of a hop for every seed; the last one lasts to the end.
    let shift = Double(seed) * 0.057
    stage.play(to: 5 + shift)
    stage.soundSkew = seed % 2 == 0 ? 2000 : -2000
    stage.frameDelay = 1_600_000_000
    stage.play(to: 9)
    stage.frameDelay = 60_000_000
    stage.soundHeldUntil = stage.now + 1_500_000_000 + Int64(seed) * 100_000_000
    stage.play(to: 15)
    stage.camera = false
    stage.report(.camera, .lost)
    stage.play(to: 20 + shift)
    stage.camera = true
    stage.report(.camera, .back)
    stage.modelTime = 500_000_000
    stage.play(to: 26)
    stage.microphone = false
    stage.play(to: 30)
    (stage.microphone, stage.modelTime) = (true, 40_000_000)
    stage.play(to: 40 + shift)
    (stage.camera, stage.microphone) = (seed % 3 == 0, seed % 3 == 1)
    stage.play(to: 44)
    stage.stop()
    let closed = try #require(stage.closed)
    #expect(stage.lateFrames > 0 && stage.lateChunks > 0 && closed.skipped > 0)

    var replay = WindowAssembler<FaceCrop>(
      schedule: WindowSchedule(hop: LiveStage.hop), video: true, audio: true)
    var (frames, sounds) = (kept.frames.makeIterator(), kept.sounds.makeIterator())
    var windows: [Window<FaceCrop>] = []
    var held = ReusedVideo<FaceCrop>(economy)
    while !replay.hasEnded {
      if replay.wantsVideo {
        if let frame = frames.next() {
          replay.receive(frame)
        } else {
          replay.passVideo(to: closed.end)
          replay.endVideo()
        }
      } else if let sound = sounds.next() {
        replay.receive(sound.chunk(zero: LiveStage.zero))
      } else {
        replay.endAudio()
      }
      while let window = replay.next() { windows.append(held.take(window)) }
    }
    #expect(windows.count == stage.core.counters.windows)
    #expect(kept.windows.count > 40)
    for live in kept.windows {
      let again = windows[live.index]
      #expect(again.people.first?.crops == live.people.first?.crops && again.audio.coverage == live.audio.coverage)
      #expect(again.audio.spectrogram == live.audio.spectrogram, "window \(live.index)")
      #expect(again.people.first?.reusedFrom == live.people.first?.reusedFrom)
    }
    let rested = Set(kept.windows.compactMap { $0.people.first?.reusedFrom })
    #expect(rested.isEmpty == (pictureEvery == 0))
    #expect(pictureEvery == 0 || !rested.isSubset(of: kept.windows.map(\.index)), "no picture of a skipped window")
    // Lines without an answer stay without one.
    for result in stage.results {
      let again = windows[result.sequence]
      let person = again.people.first
      #expect((person?.crops != nil) == result.videoUsed && (again.audio.spectrogram != nil) == result.audioUsed)
      #expect(again.video.frames == result.frames && person?.slots ?? 0 == result.faces)
    }
  }
}
