import Signal
import Testing

/// A face that a hand hides for a second keeps its id where that is asked for, and nobody is shown meanwhile.
@Suite struct FaceMemoryTests {
  /// Person 1, then something else from 2 s on for so long, then somebody.
  private func ids(
    hiddenFor seconds: Double, by sight: FaceInterruptionTests.Sight, then name: Int = 1,
    _ policy: FaceFollowingPolicy = .lasting, fps: Double = 30
  ) -> [Set<Int?>] {
    let times = FaceInterruptionTests.times(fps, 6)
    let shown = FaceInterruptionTests.play(times: times, policy: policy) { t in
      t < 2 ? .person(1) : t < 2 + seconds ? sight : .person(name)
    }
    // A look is due every tenth of a second.
    return FaceInterruptionTests.parts(times, shown, 2, 2 + seconds + 0.15)
  }

  @Test(arguments: [0.3, 0.7, 1.0, 1.2], [15.0, 30]) func thePersonComesBack(seconds: Double, fps: Double) {
    for sight in [FaceInterruptionTests.Sight.flat, .wall] {
      let parts = ids(hiddenFor: seconds, by: sight, fps: fps)
      #expect(parts[0] == [0] && parts[1].isSubset(of: [nil, 0]) && parts[1].contains(nil), "\(parts)")
      #expect(parts[2] == [0], "\(parts)")
    }
  }

  @Test func nobodyIsShownMeanwhile() {
    let times = FaceInterruptionTests.times(30, 4)
    let shown = FaceInterruptionTests.play(times: times, policy: .lasting) { t in 2..<3.2 ~= t ? .wall : .person(1) }
    #expect(zip(times, shown).allSatisfy { !(2..<3.2 ~= $0.0) || $0.1 == nil })
  }

  @Test func somebodyElseAndALongAbsenceHaveANewID() {
    #expect(ids(hiddenFor: 1, by: .flat, then: 3)[2] == [1])
    #expect(ids(hiddenFor: 1.8, by: .flat)[2] == [1])
    #expect(ids(hiddenFor: 1, by: .flat, FaceFollowingPolicy())[2] == [1])
  }
}
