import Glibc
import Signal
import Testing

/// A change of person that hides behind something: never the same id. The same person after it: the same, if sure.
struct FaceInterruptionTests {
  /// What stands at the face's place: a share of one pattern and the rest of another, or nothing with a texture.
  enum Sight {
    case person(Int)
    case blend(Int, Int, Double)
    case flat
    /// A texture in which the detector sees no face.
    case wall
  }

  static func pattern(_ name: Int, gain: Float = 1) -> [Float] {
    let p = Double(name)
    return (0..<256).map { i in
      let (x, y) = (Double(i % 16), Double(i / 16))
      return 128 + gain * Float(50 * sin(0.5 * x + 1.7 * p) * cos(0.4 * y - 0.9 * p) + 40 * sin(0.6 * y + x * cos(p)))
    }
  }

  static func patch(_ sight: Sight) -> [Float] {
    switch sight {
    case .person(let name): pattern(name)
    case .blend(let a, let b, let share):
      zip(pattern(a), pattern(b)).map { $0 + Float(share) * ($1 - $0) }
    case .flat: [Float](repeating: 16, count: 256)
    case .wall: pattern(7)
    }
  }

  /// The id shown at each time; the detector finds every face (of a blend, too) at one place.
  static func play(
    times: [Double], policy: FaceFollowingPolicy = FaceFollowingPolicy(), _ sight: (Double) -> Sight
  ) -> [Int?] {
    var follower = FaceFollower(choice: .largest, framing: FaceFraming(), policy: policy)
    let box = PixelBox(x: 400, y: 200, width: 300, height: 300)
    return times.map { t in
      let now = sight(t)
      let sees =
        switch now {
        case .person, .blend: true
        case .flat, .wall: false
        }
      let patch = Self.patch(now)
      follower.begin(time: Instant(seconds: t), width: 1280, height: 720) { _ in patch }
      while follower.nextSearch() != nil { follower.found(sees ? [DetectedFace(box: box, score: 1)] : []) }
      return follower.finish { _ in patch }.first?.id
    }
  }

  static func times(_ fps: Double, _ seconds: Double) -> [Double] { (0..<Int(seconds * fps)).map { Double($0) / fps } }

  /// Ids before the interruption, in it, and after it.
  static func parts(_ times: [Double], _ ids: [Int?], _ from: Double, _ to: Double) -> [Set<Int?>] {
    let shown = zip(times, ids)
    return [
      Set(shown.filter { $0.0 < from }.map(\.1)), Set(shown.filter { from <= $0.0 && $0.0 < to }.map(\.1)),
      Set(shown.filter { $0.0 >= to }.map(\.1)),
    ]
  }

  @Test func thePatternsAreUnlike() {
    for (a, b) in [(1, 2), (1, 7), (2, 7)] {
      #expect(FaceSignature.similarity(Self.pattern(a), Self.pattern(b))! < 0.6)
    }
  }

  @Test(arguments: [15.0, 30, 60], [0.034, 0.1, 0.27, 0.4])
  func someoneElseAfterBlackIsANewID(fps: Double, black: Double) {
    let end = 2.02 + max(black, 1 / fps)
    let times = Self.times(fps, 4)
    let ids = Self.play(times: times) { $0 < 2.02 ? .person(1) : $0 < end ? .flat : .person(2) }
    #expect(Self.parts(times, ids, 2.02, end) == [[0], [nil], [1]])
  }

  @Test(arguments: [15.0, 30, 60], [0.034, 0.1, 0.27, 0.4])
  func theSamePersonAfterBlackIsTheSameID(fps: Double, black: Double) {
    let end = 2.02 + max(black, 1 / fps)
    let times = Self.times(fps, 4)
    let ids = Self.play(times: times) { 2.02 <= $0 && $0 < end ? .flat : .person(1) }
    #expect(Self.parts(times, ids, 2.02, end) == [[0], [nil], [0]])
  }

  @Test(arguments: [15.0, 30, 60]) func someoneElseAfterATexturedWallIsANewID(fps: Double) {
    let times = Self.times(fps, 4)
    let ids = Self.play(times: times) { $0 < 2.02 ? .person(1) : $0 < 2.32 ? .wall : .person(2) }
    #expect(Self.parts(times, ids, 2.02, 2.32) == [[0], [nil], [1]])
  }

  @Test(arguments: [15.0, 30, 60]) func someoneElseAfterFadingIntoTheWallIsANewID(fps: Double) {
    // Every frame is like the one before: the person goes and another comes, unseen by the detector in between.
    let times = Self.times(fps, 4)
    var follower = FaceFollower(choice: .largest, framing: FaceFraming())
    let box = PixelBox(x: 400, y: 200, width: 300, height: 300)
    let ids = times.map { t -> Int? in
      let patch = Self.patch(
        t < 2.02
          ? .person(1) : t < 2.22 ? .blend(1, 7, (t - 2.02) * 5) : t < 2.42 ? .blend(7, 2, (t - 2.22) * 5) : .person(2))
      let found = t < 2.02 || t >= 2.42 ? [DetectedFace(box: box, score: 1)] : []
      follower.begin(time: Instant(seconds: t), width: 1280, height: 720) { _ in patch }
      while follower.nextSearch() != nil { follower.found(found) }
      return follower.finish { _ in patch }.first?.id
    }
    let parts = Self.parts(times, ids, 2.02, 2.52)
    #expect(parts[0] == [0] && parts[2] == [1])
    #expect(zip(times, ids).allSatisfy { $0 < 2.22 || $1 != 0 })
  }

  @Test(arguments: [15.0, 30, 60]) func someoneElseAfterLostFramesIsANewID(fps: Double) {
    // The times jump by more than frames are compared over, and by less than a face is held.
    for gap in [0.28, 0.35, 0.45] {
      let times = Self.times(fps, 2) + Self.times(fps, 2).map { 2 - 1 / fps + gap + $0 }
      let ids = Self.play(times: times) { $0 < 2 ? .person(1) : .person(2) }
      #expect(Self.parts(times, ids, 2, 2) == [[0], [], [1]])
      // A look was up to 0.1 s before the gap, so the longest outlasts the hold for anyone.
      if gap < 0.4 { #expect(Set(Self.play(times: times) { _ in .person(1) }) == [0]) }
    }
  }

  @Test(arguments: [2.5, 3, 3.5]) func fewFramesASecondAreCompared(fps: Double) {
    let times = Self.times(fps, 8)
    let ids = Self.play(times: times) { $0 < 3.9 ? .person(1) : .person(2) }
    #expect(Self.parts(times, ids, 3.9, 3.9) == [[0], [], [1]])
  }

  @Test(arguments: [15.0, 30, 60], [0.2, 0.4, 0.8]) func aCrossFadeEndsInANewID(fps: Double, length: Double) {
    let times = Self.times(fps, 4)
    let ids = Self.play(times: times) {
      $0 < 2.02 ? .person(1) : $0 < 2.02 + length ? .blend(1, 2, ($0 - 2.02) / length) : .person(2)
    }
    let parts = Self.parts(times, ids, 2.02, 2.02 + length + 0.1)
    #expect(parts[0] == [0] && !parts[2].contains(0) && parts[2].count == 1)
  }

  @Test(arguments: [15.0, 30, 60]) func aFadeThroughBlackIsANewID(fps: Double) {
    let times = Self.times(fps, 4)
    var follower = FaceFollower(choice: .largest, framing: FaceFraming())
    let box = PixelBox(x: 400, y: 200, width: 300, height: 300)
    let ids = times.map { t -> Int? in
      let gain = Float(max(0, min(1, abs(t - 2.2) / 0.2 - 0.1)))
      let patch = Self.pattern(t < 2.2 ? 1 : 2, gain: gain)
      let found = gain > 0.2 ? [DetectedFace(box: box, score: 1)] : []
      follower.begin(time: Instant(seconds: t), width: 1280, height: 720) { _ in patch }
      while follower.nextSearch() != nil { follower.found(found) }
      return follower.finish { _ in patch }.first?.id
    }
    let parts = Self.parts(times, ids, 2.0, 2.4)
    #expect(parts[0] == [0] && parts[2] == [1])
    #expect(zip(times, ids).allSatisfy { $0 < 2.2 || $1 != 0 })
  }

  @Test func anInterruptedFrontComesBackToTheFront() {
    // A flash while two stand there: the smaller one, who was there first, stays in front.
    var follower = FaceFollower(choice: .largest, framing: FaceFraming())
    let small = DetectedFace(box: PixelBox(x: 100, y: 200, width: 300, height: 300), score: 1)
    let large = DetectedFace(box: PixelBox(x: 800, y: 200, width: 330, height: 330), score: 1)
    var ids: [Int?] = []
    for i in 0..<90 {
      let flash = i == 61
      func signature(_ box: PixelBox) -> [Float] { Self.patch(flash ? .flat : .person(box.x < 500 ? 1 : 2)) }
      follower.begin(time: Instant(seconds: Double(i) / 30), width: 1280, height: 720, signature: signature)
      while follower.nextSearch() != nil { follower.found(flash ? [] : i < 15 ? [small] : [small, large]) }
      ids.append(follower.finish(signature: signature).first?.id)
    }
    #expect(ids.indices.allSatisfy { ids[$0] == ($0 == 61 ? nil : 0) })
  }
}
