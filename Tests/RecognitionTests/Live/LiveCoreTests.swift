import Files
import Networks
import Recognition
import RecognitionFixtures
import Signal
import TestSupport
import Testing

@Suite struct LiveCoreTests {
  @Test func everythingWell() throws {
    var stage = LiveStage.open()
    stage.play(to: 100)
    #expect(stage.codes == [.cameraOpened, .microphoneOpened] && stage.gaps == [])
    #expect(stage.answers(0...100) == [true] && stage.lateFrames + stage.lateChunks == 0)
    // The last sample sounds 15 ms after the end, a chunk takes 20 ms, its way 50 ms, the model 40 ms.
    #expect(stage.lateness(0...100).allSatisfy { (100...130).contains($0) })
    #expect(stage.results.allSatisfy { $0.live?.behind == 0 && $0.inferenceMilliseconds == 40 })
    // 2.56 + 0.32 k + 0.125 ≤ 100.
    #expect(stage.results.count == 305)
    let clocks = stage.events.compactMap { if case .clock(let clock) = $0 { clock } else { nil } }
    #expect(clocks.map(\.media.seconds) == [0, 30, 60, 90])
    #expect(clocks.map(\.monotonic) == [0, 30, 60, 90].map { LiveStage.zero + $0 * 1_000_000_000 })
  }

  @Test func aCameraThatGoesAndComesBack() {
    var stage = LiveStage.open()
    stage.play(to: 10.01)
    stage.camera = false
    stage.report(.camera, .lost)
    stage.play(to: 130)
    stage.camera = true
    stage.report(.camera, .back)
    stage.play(to: 150)
    // Said at once, not with the next window.
    #expect(stage.time(of: .cameraLost) == 10.01 && stage.time(of: .cameraBack) == 130)
    #expect(stage.codes == [.cameraOpened, .microphoneOpened, .cameraLost, .noFace, .cameraBack, .face])
    #expect(stage.gaps == [] && stage.results.count >= 460)
    #expect(stage.answers(0...10) == [true] && stage.answers(13...129) == [false] && stage.answers(133...150) == [true])
    // Nothing waits for a camera that is gone.
    #expect(stage.lateness(10.5...130).allSatisfy { $0 < 130 })
    #expect(stage.results.filter { (13...129).contains($0.end.seconds) }.allSatisfy { $0.audioUsed && !$0.videoUsed })
    #expect(stage.lateFrames == 0)
  }

  @Test func aMicrophoneThatGoesAndComesBack() {
    var stage = LiveStage.open()
    stage.play(to: 10.01)
    stage.microphone = false
    stage.report(.microphone, .lost)
    stage.play(to: 40)
    stage.microphone = true
    stage.report(.microphone, .back)
    stage.play(to: 60)
    #expect(stage.codes == [.cameraOpened, .microphoneOpened, .microphoneLost, .noAudio, .microphoneBack, .audio])
    #expect(stage.gaps == [] && stage.lateness(0...60).allSatisfy { $0 < 130 })
    #expect(stage.answers(0...10) == [true] && stage.answers(11...39) == [false] && stage.answers(43...60) == [true])
  }

  /// The first window waits for as long as anybody may; then the device is known to be stuck.
  @Test func aFrozenCameraDelaysOneWindow() {
    var stage = LiveStage.open()
    stage.play(to: 10)
    stage.camera = false
    stage.play(to: 13)
    stage.report(.camera, .frozen)
    stage.play(to: 20)
    stage.camera = true
    stage.report(.camera, .back)
    stage.play(to: 30)
    #expect(stage.gaps == [] && stage.codes.contains(.cameraFrozen) && stage.codes.contains(.cameraBack))
    #expect(stage.lateness(10...11).contains { $0 > 600 } && stage.lateness(10...30).allSatisfy { $0 <= 1050 })
    #expect(stage.lateness(11.5...13).allSatisfy { $0 < 310 })
    #expect(stage.lateness(13.5...20).allSatisfy { $0 < 130 })
    #expect(stage.answers(23...30) == [true] && stage.lateness(23...30).allSatisfy { $0 < 130 })
  }

  @Test func bothGoneStillALineAHop() {
    var stage = LiveStage.open()
    stage.play(to: 10)
    (stage.camera, stage.microphone) = (false, false)
    stage.report(.camera, .lost)
    stage.report(.microphone, .lost)
    stage.play(to: 600)
    #expect(stage.gaps == [] && stage.results.count >= (600 - 4) * 100 / 32)
    #expect(stage.lateness(10.5...600).allSatisfy { $0 <= 130 })
    (stage.camera, stage.microphone) = (true, true)
    stage.report(.camera, .back)
    stage.report(.microphone, .back)
    stage.play(to: 620)
    #expect(stage.answers(603...620) == [true] && stage.gaps == [])
  }

  @Test func aBurstOfLateSoundIsWaitedForWithinReason() {
    var stage = LiveStage.open()
    stage.play(to: 10)
    stage.soundHeldUntil = LiveStage.zero + 10_800_000_000
    stage.play(to: 20)
    #expect(stage.lateChunks == 0 && stage.answers(0...20) == [true] && stage.gaps == [])
    #expect(stage.lateness(10...11).contains { $0 > 500 })

    stage.soundHeldUntil = LiveStage.zero + 24_000_000_000
    stage.play(to: 40)
    #expect(stage.lateChunks > 50 && stage.gaps == [] && stage.answers(20...40) == [true, false])
    #expect(stage.lateness(20...40).allSatisfy { $0 <= 1050 } && stage.answers(28...40) == [true])
    #expect(stage.core.counters.chunksLate == stage.lateChunks)
  }

  /// A picture that is always 0.7 s late is late, and not thrown away.
  @Test func aSlowPictureIsWaitedFor() {
    var stage = LiveStage.open()
    stage.frameDelay = 700_000_000
    stage.play(to: 30)
    #expect(stage.lateFrames == 0 && stage.answers(0...30) == [true] && stage.gaps == [])
    #expect(stage.lateness(0...30).allSatisfy { $0 < 650 })
  }

  @Test func aSlowModelSkipsAndSaysSo() throws {
    var stage = LiveStage.open()
    stage.modelTime = 1_000_000_000
    stage.play(to: 60)
    stage.stop()
    #expect(stage.gaps == [])
    let skipped = stage.events.statuses.compactMap(\.sequences).reduce(0) { $0 + $1.count }
    let closed = try #require(stage.closed)
    #expect(skipped > 100 && closed.skipped == skipped && closed.windows == stage.results.count)
    #expect(closed.windows + closed.skipped == stage.core.counters.windows && closed.answered == closed.windows)
    // The newest complete window is at most a hop old when the model becomes free.
    let running = stage.results.dropLast(4)
    #expect(running.compactMap { $0.live?.behind }.max()! > 100)
    #expect(running.compactMap { $0.live?.behind }.max()! <= 320)
    #expect(running.allSatisfy { $0.live!.captureToEmit < 1450 })
    let live = try #require(closed.live)
    #expect((1000...1450).contains(live.captureToEmitMedian ?? 0) && (1000...5500).contains(live.captureToEmit95 ?? 0))
    let first = try #require(stage.events.statuses.first { $0.code == .behind })
    #expect(first.json.text.contains(#""first_seq":1,"last_seq":2}"#) && first.message.contains("windows 1 to 2"))
  }

  /// Lines that need no model keep their place behind the one that it works on.
  @Test func orderHoldsWhenTheCameraGoesUnderASlowModel() {
    var stage = LiveStage.open()
    stage.modelTime = 2_000_000_000
    stage.play(to: 10)
    stage.camera = false
    stage.report(.camera, .lost)
    stage.play(to: 20)
    stage.camera = true
    stage.report(.camera, .back)
    stage.play(to: 40)
    stage.stop()
    #expect(stage.gaps == [] && stage.answers(15...20) == [false] && stage.codes.contains(.behind))
  }

  @Test func aModelThatFailsEndsTheSession() throws {
    var stage = LiveStage.open()
    stage.failingRun = 3
    stage.play(to: 20)
    let closed = try #require(stage.closed)
    #expect(closed.reason == .error && closed.windows == 2 && closed.message?.contains("anger") == true)
    #expect(stage.events.closed == closed && stage.results.count == 2)
    // The window that failed has no line.
    #expect(closed.skipped >= 1)
  }

  @Test func devicesThatComeLater() {
    var stage = LiveStage()
    (stage.camera, stage.microphone) = (false, false)
    stage.report(.camera, .waiting)
    stage.report(.microphone, .waiting)
    stage.play(to: 20)
    #expect(stage.gaps == [] && stage.results.count == 55 && stage.answers(0...20) == [false])
    (stage.camera, stage.microphone) = (true, true)
    stage.report(.camera, .opened)
    stage.report(.microphone, .opened)
    stage.play(to: 40)
    #expect(stage.answers(23...40) == [true])
    let first: [StreamStatus.Code] = [
      .cameraWaiting, .microphoneWaiting, .noFace, .noAudio, .cameraOpened, .microphoneOpened,
    ]
    #expect(Array(stage.codes.prefix(6)) == first && Set(stage.codes.dropFirst(6)) == [.face, .audio])
    #expect(stage.codes.count == 8)
  }

  @Test func aSessionWithoutACameraOrAMicrophone() {
    for (camera, microphone, modalities) in [
      (false, true, Modalities.audio), (true, false, .video), (true, false, .audioVideo),
    ] {
      var model = ModelSummary.three
      model.heads[0].modalities = modalities
      var stage = LiveStage(camera: camera, microphone: microphone, model: model)
      stage.report(camera ? .camera : .microphone, .opened)
      stage.play(to: 20)
      #expect(stage.answers(0...20) == [modalities != .audioVideo] && stage.gaps == [])
      #expect(stage.lateness(0...20).allSatisfy { $0 < 150 })
      // The one device goes, too.
      (stage.camera, stage.microphone) = (false, false)
      stage.report(camera ? .camera : .microphone, .lost)
      stage.play(to: 40)
      #expect(stage.answers(23...40) == [false] && stage.gaps == [] && stage.results.count >= 115)
      stage.stop()
      let said = stage.events.statuses.map(\.message)
      // Only a model that needs the other modality misses it.
      #expect(said.contains("the session has no sound track") == (modalities == .audioVideo))
      #expect(!said.contains("the session has no picture track"))
    }
  }
}
