import Files
import Testing

@testable import Media

/// Every fault, on a scripted clock.
@Suite struct CameraWatching {
  private func error(_ message: String, _ kind: FailureKind = .noInput) -> MediaError {
    MediaError(library: "test", operation: "open", message: message, path: "camera", kind: kind)
  }

  @Test func unpluggedAndBackUnderAnotherNumber() {
    let away = error("it is not plugged in")
    let camera = ScriptedCamera([
      .runs([.frames(30, every: 33), .lost(.unplugged)]), .refused(away), .refused(away), .refused(away),
      .runs(path: "/dev/video2", [.frames(1000, every: 33)]),
    ])
    let told = camera.told(10)
    #expect(
      told.lines == [
        "0.0 opened /dev/video0", "0.99 lost it was unplugged", "1.49 waiting it is not plugged in",
        "2.99 opened /dev/video2",
      ])
    // One numbering and one clock for the whole session.
    #expect(told.frames.map(\.index) == Array(0..<told.frames.count) && told.frames.count > 230)
    #expect(zip(told.frames, told.frames.dropFirst()).allSatisfy { $0.time < $1.time })
    #expect(told.frames.allSatisfy { $0.droppedBefore == 0 })
    #expect(told.counters.losses == 1 && camera.opens == 5 && camera.closes == 4)
  }

  /// A camera that is not there is asked for twice a second, not more, and told of once for each reason.
  @Test func waitsWithoutTurningInCircles() {
    let denied = error("not your group", .noPermission)
    let camera = ScriptedCamera(
      Array(repeating: .refused(error("none")), count: 10) + Array(repeating: .refused(denied), count: 3)
        + [.refused(error("none"))])
    let told = camera.told(60)
    #expect(told.lines == ["0.0 waiting none", "5.0 waiting not your group", "6.5 waiting none"])
    #expect(camera.opens == 120 && told.turns < 250)
  }

  @Test func frozenThenThawed() {
    let camera = ScriptedCamera([.runs([.frames(30, every: 33), .quiet(3000), .frames(1000, every: 33)])])
    let told = camera.told(20)
    #expect(told.lines == ["0.0 opened /dev/video0", "1.99 frozen 1.0", "4.02 thawed 3.0"])
    #expect(told.counters.losses == 0)
  }

  /// Frozen for long: opened anew, which helps some cameras.
  @Test func frozenForLongIsOpenedAnew() {
    let camera = ScriptedCamera([
      .runs([.frames(30, every: 33), .quiet(1_000_000)]), .runs([.frames(1000, every: 33)]),
    ])
    #expect(
      camera.told(20).lines == [
        "0.0 opened /dev/video0", "1.99 frozen 1.0", "10.99 lost it has been frozen for 10.0 s",
        "11.49 opened /dev/video0",
      ])
  }

  /// A stream that never begins, and one that begins slowly.
  @Test func firstFramesMayTakeLonger() {
    let slow = ScriptedCamera([.runs([.quiet(3500), .frames(1000, every: 33)])])
    #expect(slow.told(10).lines == ["0.0 opened /dev/video0"])
    let never = ScriptedCamera([.runs([.quiet(1_000_000)])])
    #expect(
      never.told(12).lines == [
        "0.0 opened /dev/video0", "4.0 frozen 4.0", "10.0 lost it has been frozen for 10.0 s",
        "10.5 opened /dev/video0",
      ])
  }

  /// Two seconds between frames are no freeze if two seconds are what was promised.
  @Test func slowByDesignIsNotFrozen() {
    let camera = ScriptedCamera([.runs(rate: 0.5, [.frames(100, every: 2000)])])
    #expect(camera.told(60).lines == ["0.0 opened /dev/video0"])
  }

  @Test func brokenBuffersAreNoPictures() {
    let camera = ScriptedCamera([
      .runs([.frames(10, every: 33), .broken(3, every: 33), .frames(10, every: 33), .broken(1000, every: 33)])
    ])
    let told = camera.told(11)
    #expect(told.frames.count == 20 && told.frames[10].droppedBefore == 3)
    #expect(told.counters.dropped == 3 && told.counters.passedOver > 290)
    #expect(told.lines.last?.contains("lost it has been frozen") == true)
  }

  @Test func driverErrorsEndInAReopening() {
    let camera = ScriptedCamera([
      .runs([.frames(10, every: 33), .lost(.fault("Input/output error"))]), .refused(error("stream on: EINVAL")),
      .runs([.frames(1000, every: 33)]),
    ])
    #expect(
      camera.told(5).lines == [
        "0.0 opened /dev/video0", "0.33 lost its driver reports an error: Input/output error",
        "0.83 waiting stream on: EINVAL", "1.33 opened /dev/video0",
      ])
  }

  /// The rate halved in low light: no gap in the numbers, half the frames.
  @Test func halvedRateIsToldOnceWithItsRemedy() {
    let camera = ScriptedCamera([.runs(remedy: "more light", [.frames(10_000, every: 66)])])
    #expect(camera.told(60).lines == ["0.0 opened /dev/video0", "5.08 slow 15.0 of 30.0: more light"])
  }

  @Test func slowIsToldAgainAfterItWasWell() {
    let camera = ScriptedCamera([
      .runs([.frames(100, every: 66), .frames(300, every: 33), .frames(1000, every: 66)])
    ])
    let lines = camera.told(60).lines
    #expect(lines.count == 3 && lines[1].hasPrefix("5.08 slow 15.0") && lines[2].contains("slow 21.0"), "\(lines)")
  }

  @Test func nearlyThePromisedRateIsWell() {
    let camera = ScriptedCamera([.runs([.frames(10_000, every: 42)])])
    #expect(camera.told(60).lines == ["0.0 opened /dev/video0"])
    let unpromised = ScriptedCamera([.runs(rate: nil, [.frames(10_000, every: 200)])])
    #expect(unpromised.told(60).lines == ["0.0 opened /dev/video0"])
  }

  /// Half of the frames lost on the bus: that is not the light.
  @Test func lostFramesHaveAnotherRemedy() {
    let acts = (0..<500).map { ScriptedCamera.Act.frame(after: 66, sequence: UInt32(2 * $0)) }
    let told = ScriptedCamera([.runs(remedy: "more light", acts)]).told(20)
    #expect(told.lines.count == 2)
    #expect(told.lines.last?.contains("slow 15.0 of 30.0: 50 % of its frames are lost") == true, "\(told.lines)")
    #expect(told.counters.dropped == told.frames.count - 1)
  }

  @Test func aFilesEndIsTheEnd() {
    let camera = ScriptedCamera([.runs([.frames(3, every: 33), .ended])])
    #expect(camera.told(60).lines == ["0.0 opened /dev/video0", "0.1 ended"])
    #expect(camera.opens == 1 && camera.closes == 1)
  }

  /// Stamps that stand still, go back, lie in the future or are of another clock.
  @Test func timesAlwaysGrow() {
    let stamps: [Int64?] = [0, -33, -66, -40, nil, 500, -3_000_000, 0, -1]
    let acts = stamps.enumerated().map { ScriptedCamera.Act.frame(after: 33, sequence: UInt32($0), stamp: $1) }
    let camera = ScriptedCamera([.runs(acts)])
    let told = camera.told(1)
    let milliseconds = told.frames.map { Double($0.time - 1_000_000_000) / 1e6 }
    #expect(milliseconds == [33, 66, 99, 132, 165, 198, 231, 264, 296], "\(milliseconds)")
    #expect(told.counters.restamped == 6)
  }

  @Test func numbersThatWrapStandStillOrBeginAgain() {
    let numbers: [UInt32] = [.max - 1, .max, 0, 3, 3, 3, 1, 2, 900_000_000]
    let acts = numbers.map { ScriptedCamera.Act.frame(sequence: $0) }
    #expect(ScriptedCamera([.runs(acts)]).told(1).frames.map(\.droppedBefore) == [0, 0, 0, 2, 0, 0, 0, 0, 0])
  }
}
