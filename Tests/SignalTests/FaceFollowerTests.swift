import Glibc
import Signal
import Testing

struct FaceFollowerTests {
  static func still(_ name: Int, x: Double, y: Double = 200, width: Double, from: Double = 0, to: Double = 1e9)
    -> FaceStage.Person
  {
    .init(name: name) { from <= $0 && $0 < to ? PixelBox(x: x, y: y, width: width, height: width) : nil }
  }

  /// No id stands for two people.
  static func isFaithful(_ shots: [FaceStage.Shot]) -> Bool {
    var owner: [Int: Int] = [:]
    for shot in shots {
      guard let id = shot.face?.id, let person = shot.person else { continue }
      if owner[id, default: person] != person { return false }
      owner[id] = person
    }
    return true
  }

  static func ids(_ shots: [FaceStage.Shot]) -> [Int] {
    shots.compactMap { $0.face?.id }.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }

  func follower(_ choice: FaceChoice = .largest) -> FaceFollower {
    FaceFollower(choice: choice, framing: FaceFraming())
  }

  @Test func aFaceOfAnEighthIsFoundAtOnce() {
    var follower = follower()
    let shots = FaceStage(people: [Self.still(1, x: 300, width: 160)]).play(&follower, fps: 30, seconds: 3)
    #expect(shots[0].searches == [.whole(width: 320), .whole(width: 640)])
    #expect(shots.allSatisfy { $0.face?.id == 0 && $0.person == 1 })
    // From then on near the face, at its own scale.
    guard case .near(let region, let scale)? = shots[3].searches.first else { return #expect(Bool(false)) }
    #expect(shots[3].searches.count == 1)
    #expect(abs(scale * 160 - 110) < 1e-9 && abs(region.width - 352) < 1e-9)
  }

  @Test(arguments: [15.0, 24, 25, 29.97, 30, 60]) func looksByTime(fps: Double) {
    var follower = follower()
    let shots = FaceStage(people: [Self.still(1, x: 300, width: 300)]).play(&follower, fps: fps, seconds: 20)
    let looks = shots.count { !$0.searches.isEmpty }
    #expect((196...201).contains(looks))
    // And at the whole picture once a second.
    let wholes = shots.count { $0.searches.contains { if case .whole = $0 { true } else { false } } }
    #expect((19...21).contains(wholes))
  }

  @Test func nobodyIsNobody() {
    var follower = follower()
    let shots = FaceStage(people: []).play(&follower, fps: 30, seconds: 2)
    #expect(shots.allSatisfy { $0.face == nil })
    #expect(shots.count { $0.searches == [.whole(width: 320), .whole(width: 640)] } == 20)
  }

  @Test func leavingAndComingBackIsANewID() {
    var follower = follower()
    let stage = FaceStage(people: [
      .init(name: 1) { $0 < 2 || $0 >= 3 ? PixelBox(x: 400, y: 200, width: 300, height: 300) : nil }
    ])
    let shots = stage.play(&follower, fps: 30, seconds: 5)
    #expect(Self.ids(shots) == [0, 1])
    let gone = shots.filter { $0.face == nil }.map(\.time)
    #expect(gone.first! <= 2.6 && gone.last! < 3.1)
  }

  @Test func aBlinkOfTheDetectorKeepsTheID() {
    var follower = follower()
    let box = PixelBox(x: 400, y: 200, width: 300, height: 300)
    var shots: [FollowedFace?] = []
    for i in 0..<120 {
      follower.begin(time: Instant(seconds: Double(i) / 30), width: 1280, height: 720)
      // Not found for 0.4 s.
      while follower.nextSearch() != nil {
        follower.found((40..<52).contains(i) ? [] : [DetectedFace(box: box, score: 1)])
      }
      shots.append(follower.finish().first)
    }
    #expect(shots.allSatisfy { $0?.id == 0 && $0?.box == box })
  }

  @Test(arguments: 1...20) func crossingPeopleAreNeverMixed(seed: Int) {
    // One walks from left to right before the other, at differing speeds; hidden faces are not seen.
    let speed = 100.0 + 40 * Double(seed)
    let stage = FaceStage(
      people: [
        .init(name: 1) { PixelBox(x: 900 - speed / 2 * $0, y: 210, width: 200, height: 200) },
        .init(name: 2) { PixelBox(x: 100 + speed * $0, y: 200, width: 190, height: 190) },
      ], jitter: 0.02)
    for fps in [15.0, 30] {
      var follower = follower()
      let shots = stage.play(&follower, fps: fps, seconds: min(900 / speed, 8), seed: UInt64(seed))
      #expect(shots.count { $0.face != nil } >= shots.count - 1)
      let trail = shots.map { "\($0.face?.id ?? -1):\($0.person ?? 0)" }.joined(separator: " ")
      #expect(Self.isFaithful(shots), "speed \(speed), \(fps) fps: \(trail)")
    }
  }

  @Test(arguments: [15.0, 30, 60]) func aCutIsANewPerson(fps: Double) {
    var follower = follower()
    var stage = FaceStage(people: [
      Self.still(1, x: 400, width: 300, to: 2.03), Self.still(2, x: 400, width: 300, from: 2.03),
    ])
    stage.scene = { $0 < 2.03 ? 0 : 1 }
    let shots = stage.play(&follower, fps: fps, seconds: 4)
    #expect(shots.allSatisfy { ($0.face?.id == 0) == ($0.time < 2.03) && $0.face != nil })
    #expect(Self.ids(shots) == [0, 1])
  }

  @Test(arguments: [15.0, 30]) func noddingIsNoCut(fps: Double) {
    // Nods of a fifth of the face, twice a second.
    var follower = follower()
    let stage = FaceStage(
      people: [.init(name: 1) { PixelBox(x: 400, y: 200 + 30 * sin($0 * 4 * .pi), width: 300, height: 300) }],
      jitter: 0.03)
    let shots = stage.play(&follower, fps: fps, seconds: 20)
    #expect(Self.ids(shots) == [0])
  }

  @Test func jitterIsSmoothed() {
    var follower = follower()
    let stage = FaceStage(people: [Self.still(1, x: 400, width: 300)], jitter: 0.06)
    let shots = stage.play(&follower, fps: 30, seconds: 20).dropFirst(60)
    let sides = shots.map { $0.face!.square.side }
    let mean = sides.reduce(0, +) / Double(sides.count)
    let deviation = (sides.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(sides.count)).squareRoot()
    // Raw: 0.06 / √3 · 300 · 1.04 = 10.8 px.
    #expect(abs(mean - 312) < 3 && deviation < 4.5)
    #expect(Self.ids(Array(shots)) == [0])
  }

  @Test func theSameTrackAtAnyFrameRate() {
    let stage = FaceStage(people: [
      .init(name: 1) { PixelBox(x: 300 + 60 * $0, y: 200 + 40 * sin($0), width: 250 + 10 * $0, height: 250 + 10 * $0) }
    ])
    var tracks: [[FaceStage.Shot]] = []
    for fps in [15.0, 30, 60] {
      var follower = follower()
      tracks.append(stage.play(&follower, fps: fps, seconds: 8))
    }
    for i in 0..<120 {
      let boxes = [tracks[0][i], tracks[1][2 * i], tracks[2][4 * i]].map { $0.face!.box }
      #expect(FaceStage.near(boxes[0], boxes[1]) < 0.04 && FaceStage.near(boxes[0], boxes[2]) < 0.04)
      #expect(abs(boxes[0].width - boxes[2].width) < 7)
      // And it does not lag more than two looks behind.
      let truth = stage.people[0].place(tracks[0][i].time)!
      #expect(FaceStage.near(truth, boxes[0]) < 0.08)
    }
  }

  @Test func theFrontChangesOnlyWhenClearlyBeaten() {
    // The other is 1.2 times as large in area: no change. Then 2.2 times for half a second, then for good.
    let other: (Double) -> PixelBox = { t in
      let side = t < 3 ? 220.0 : t < 3.5 ? 296 : t < 6 ? 220 : 296
      return PixelBox(x: 800 - side / 2, y: 300 - side / 2, width: side, height: side)
    }
    var follower = follower()
    let stage = FaceStage(people: [
      Self.still(1, x: 200, width: 200), .init(name: 2) { $0 < 1.5 ? nil : other($0) },
    ])
    let shots = stage.play(&follower, fps: 30, seconds: 10)
    let changed = shots.first { $0.person == 2 }!.time
    #expect(shots.filter { $0.time < 6.9 }.allSatisfy { $0.person == 1 })
    #expect((7.0...8.2).contains(changed))
    #expect(Self.isFaithful(shots))
  }

  @Test func centerMeansTheMiddle() {
    let stage = FaceStage(people: [Self.still(1, x: 20, width: 400), Self.still(2, x: 560, width: 300)])
    var (a, b) = (follower(.center), follower(.largest))
    #expect(stage.play(&a, fps: 30, seconds: 1).allSatisfy { $0.person == 2 })
    #expect(stage.play(&b, fps: 30, seconds: 1).allSatisfy { $0.person == 1 })
  }

  @Test func noneIsTheWholeFrame() {
    var follower = follower(.none)
    follower.begin(time: .zero, width: 160, height: 200)
    #expect(follower.nextSearch() == nil)
    let whole = FollowedFace(
      id: 0, box: PixelBox(x: 0, y: 0, width: 160, height: 200),
      square: FaceSquare(centerX: 80, centerY: 100, side: 160))
    #expect(follower.finish() == [whole])
  }

  @Test func landmarksPlaceTheEyes() {
    var follower = follower()
    var stage = FaceStage(people: [Self.still(1, x: 400, width: 300)])
    stage.eyes = true
    let face = stage.play(&follower, fps: 30, seconds: 1).last!.face!
    let framing = FaceFraming()
    let eyes = ((520 - 30.0, 284.0), (610.0, 290.0))
    let expected = framing.square(leftEye: eyes.0, rightEye: eyes.1)
    #expect(abs(face.square.side - expected.side) < 1e-6 && abs(face.square.angle - expected.angle) < 1e-9)
    #expect(abs(face.square.centerX - expected.centerX) < 1e-6 && abs(face.square.centerY - expected.centerY) < 1e-6)
  }

  @Test(arguments: 0..<30) func anythingGoesIn(seed: Int) {
    // Hostile detections, sizes and times: never a trap, ids only grow.
    var random = Seeded(state: UInt64(seed))
    var follower = follower(FaceChoice.allCases[seed % 3])
    var (time, last, alive) = (Int64(0), -1, Set<Int>())
    for _ in 0..<300 {
      time += Int64.random(in: -50_000_000...200_000_000, using: &random)
      if Int.random(in: 0..<100, using: &random) == 0 { time = [.max, .min, 0].randomElement(using: &random)! / 2 }
      let width = Bool.random(using: &random) ? 640 : Int.random(in: 1...700, using: &random)
      follower.begin(time: Instant(nanoseconds: time), width: width, height: 480) { _ in
        (0..<256).map { _ in Float.random(in: 0...255, using: &random) }
      }
      var searches = 0
      while let search = follower.nextSearch() {
        searches += 1
        if case .near(let region, let scale) = search {
          #expect(region.width >= 1 && region.x >= 0 && region.x + region.width <= Double(width) && scale > 0)
        }
        follower.found(
          (0..<Int.random(in: 0...6, using: &random)).map { _ in
            let odd = [Double.nan, .infinity, -1e300, 0, -5].randomElement(using: &random)!
            func value() -> Double {
              Int.random(in: 0..<20, using: &random) == 0 ? odd : Double.random(in: -100...700, using: &random)
            }
            return DetectedFace(box: PixelBox(x: value(), y: value(), width: value(), height: value()), score: value())
          })
      }
      #expect(searches <= 6)
      let faces = follower.finish()
      #expect(faces.count <= 1)
      if let face = faces.first {
        #expect(face.box.width > 0 && face.square.side.isFinite)
      }
      // Whoever was not there in the last frame has an id above every one before.
      let ids = follower.tracks.map(\.id)
      #expect(Set(ids).count == ids.count)
      #expect(ids.allSatisfy { alive.contains($0) || $0 > last })
      (alive, last) = (Set(ids), max(last, ids.max() ?? -1))
    }
  }
}
