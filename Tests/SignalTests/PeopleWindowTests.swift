import Signal
import Testing

/// Windows over frames with several faces.
@Suite struct PeopleWindowTests {
  /// A frame whose faces are given front first; a crop is the frame's number and, in its last three digits, the person.
  private func frame(_ index: Int, fps: Double, _ ids: [Int], uncut: Set<Int> = []) -> FaceFrame<Int> {
    let (a, b) = (Int64((Double(index) / fps * 1e9).rounded()), Int64((Double(index + 1) / fps * 1e9).rounded()))
    return FaceFrame(
      index: index, time: Instant(nanoseconds: a), duration: Instant(nanoseconds: b - a),
      faces: ids.map { id in
        .init(WindowAssemblerTests.face(id, index), crop: uncut.contains(id) ? nil : index * 1000 + id)
      })
  }

  private func windows(_ frames: [FaceFrame<Int>], hop: Double = 0.32) -> [Window<Int>] {
    var recording = Recording(hop: Instant(seconds: hop), hasAudio: false)
    recording.frames = frames
    var feeder = Feeder(recording, seed: 1)
    return feeder.run()
  }

  @Test func eachPersonHasTheirOwnCrops() throws {
    let window = try #require(windows((0..<64).map { frame($0, fps: 25, [3, 5]) }).first)
    #expect(window.people.map(\.face.id) == [3, 5] && window.people.map(\.slots) == [16, 16])
    for person in window.people {
      #expect(person.crops == (0..<16).map { 4 * $0 * 1000 + person.face.id })
      #expect(person.face == WindowAssemblerTests.face(person.face.id, 60))
    }
    #expect(window.video == .init(frames: 16, dropped: 0))
  }

  /// Who is in front in most slots comes first, however often somebody else is seen behind.
  @Test func theOneInFrontComesFirst() throws {
    let frames = (0..<64).map { frame($0, fps: 25, $0 < 36 ? [5, 3] : [3, 5, 8]) }
    let window = try #require(windows(frames).first)
    #expect(window.people.map(\.face.id) == [5, 3, 8] && window.people.map(\.slots) == [16, 16, 7])
    #expect(window.people[2].crops == nil)
    // In front, but outside the picture: there is nothing to see of them.
    let outside = (0..<64).map { frame($0, fps: 25, [5, 3], uncut: [5]) }
    #expect(windows(outside)[0].people.map(\.face.id) == [3])
  }

  /// Random people against the oracle, which has everything in memory and no state.
  @Test(arguments: 0..<12) func asTheOracleSays(seed: Int) {
    var random = Seeded(state: UInt64(seed))
    var recording = Recording(hop: Instant(seconds: 0.32), hasAudio: false)
    var present = [0]
    for i in 0..<200 {
      if Int.random(in: 0..<9, using: &random) == 0 {
        present = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0..<6, using: &random) }
        present = present.enumerated().filter { !present[..<$0.offset].contains($0.element) }.map(\.element)
      }
      recording.frames.append(frame(i, fps: 25, present))
    }
    var feeder = Feeder(recording, seed: UInt64(seed))
    let (found, wanted) = (feeder.run(), WindowOracle(recording: recording).windows())
    #expect(found.count == wanted.count && found.contains { $0.people.count > 1 })
    for (a, b) in zip(found, wanted) { #expect(difference(a, b) == nil, "window \(a.index)") }
    #expect(feeder.counters.framesWithFace == recording.frames.count { !$0.faces.isEmpty })
  }
}
