internal import Drawing
import Testing

@testable import SyntheticActors

/// What a pose changes in the picture, and where.
struct DrawnFaceTests {
  @Test func sameArgumentsSameBytes() throws {
    func make(_ seed: UInt64) throws -> FacePicture {
      var generator = TestGenerator(seed)
      let look = FaceLook.random(using: &generator)
      let scene = FaceScene.random(using: &generator)
      return try drawFace(look, FacePose(), in: scene, width: 160, height: 120, noise: &generator)
    }
    let first = try make(5)
    #expect(first.rgb.count == 3 * 160 * 120)
    #expect(try make(5) == first)
    #expect(try make(6) != first)
  }

  @Test func onlyNoiseAsksTheGenerator() throws {
    var generator = TestGenerator(3)
    var fresh = TestGenerator(3)
    var scene = StudioFace.scene
    let clean = try drawFace(FaceLook(), FacePose(), in: scene, width: 64, height: 64, noise: &generator)
    #expect(generator.next() == fresh.next())
    scene.noise = 4
    let noisy = try drawFace(FaceLook(), FacePose(), in: scene, width: 64, height: 64, noise: &generator)
    let squares = zip(clean.rgb, noisy.rgb).map { pair in
      let difference = Double(pair.0) - Double(pair.1)
      return difference * difference
    }
    let deviation = (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    #expect(abs(deviation - 4) < 0.3)
  }

  /// The rows that a unit may change, in face units: brows lie at −0.4, eyes at 0, the nose's base at 0.74, the mouth at
  /// 1.14 and the chin at 1.83.
  private static let regions: [(FaceUnit, Double, Double)] = [
    (\FacePose.innerBrowRaise, -1.1, 0.2),
    (\FacePose.outerBrowRaise, -1.1, 0.2),
    (\FacePose.browLower, -0.7, 0.2),
    (\FacePose.upperLidRaise, -0.4, 0.2),
    (\FacePose.lidTighten, -0.4, 0.3),
    (\FacePose.cheekRaise, -0.6, 1.4),
    (\FacePose.noseWrinkle, -0.6, 1.5),
    (\FacePose.upperLipRaise, 0.3, 1.5),
    (\FacePose.lipCornerPull, 0.2, 1.6),
    (\FacePose.lipCornerDepress, 0.5, 1.7),
    (\FacePose.lipStretch, 0.4, 1.7),
    (\FacePose.lipPress, 0.65, 1.7),
    (\FacePose.jawDrop, 0.4, 2.4),
    (\FacePose.mouthOpen, 0.5, 2.2),
    (\FacePose.mouthRound, 0.55, 1.7),
    (\FacePose.blink, -0.4, 0.3),
  ]

  @Test(arguments: regions)
  func unitChangesItsOwnRegion(unit: FaceUnit, top: Double, bottom: Double) throws {
    let studio = StudioFace()
    let rest = try studio.picture(FacePose())
    var pose = FacePose()
    pose[keyPath: unit] = 1
    let full = try studio.picture(pose)
    let box = try #require(StudioFace.changed(rest, full))
    #expect(box.low.y > top && box.high.y < bottom, "\(box)")
    #expect(box.low.x > -1.25 && box.high.x < 1.25, "\(box)")
    // And half of it is between the two.
    pose[keyPath: unit] = 0.5
    let half = try studio.picture(pose)
    #expect(StudioFace.changed(rest, half) != nil)
    #expect(StudioFace.changed(half, full) != nil)
  }

  @Test func blinkCoversTheIris() throws {
    var studio = StudioFace()
    studio.look.iris = Ink(0, 0.1, 1)
    func blue(_ picture: FacePicture) -> Int {
      (0..<(StudioFace.size * StudioFace.size)).count { pixel in
        Int(picture.rgb[3 * pixel + 2]) > 60 + Int(picture.rgb[3 * pixel])
      }
    }
    var pose = FacePose()
    #expect(blue(try studio.picture(pose)) > 150)
    pose.blink = 1
    #expect(blue(try studio.picture(pose)) < 10)
  }

  @Test func jawDropMovesTheChinAndOpensTheMouth() throws {
    let studio = StudioFace()
    var pose = FacePose()
    pose.jawDrop = 1
    let shut = FaceGeometry(studio.look, FacePose(), StudioFace.scene, width: 400, height: 400)
    let open = FaceGeometry(studio.look, pose, StudioFace.scene, width: 400, height: 400)
    let chin = shut.outline.map(\.y).max() ?? 0
    let dropped = open.outline.map(\.y).max() ?? 0
    #expect(dropped - chin > 0.2)
    #expect(open.outline[3] == shut.outline[3], "the temple stays")
    // In the middle of the mouth it is dark.
    let inside = 3 * ((160 + 138) * 400 + 200)
    let rest = try studio.picture(FacePose())
    let wide = try studio.picture(pose)
    #expect(wide.rgb[inside] < 190)
    #expect(Int(wide.rgb[inside]) + 20 < Int(rest.rgb[inside]))
  }

  @Test func gazeAndHeadMoveTheEyes() throws {
    let studio = StudioFace()
    var pose = FacePose()
    pose.gazeX = 1
    let rest = try studio.picture(FacePose())
    let box = try #require(StudioFace.changed(rest, studio.picture(pose)))
    #expect(box.low.y > -0.2 && box.high.y < 0.2, "\(box)")
    func eyes(_ pose: FacePose) -> (left: Place, right: Place) {
      let face = FaceGeometry(studio.look, pose, StudioFace.scene, width: 400, height: 400)
      return (face.on(-face.eyeX, 0), face.on(face.eyeX, 0))
    }
    let front = eyes(FacePose())
    #expect(abs(front.left.x - 150) < 0.01 && abs(front.right.x - 250) < 0.01 && abs(front.left.y - 160) < 0.01)
    pose = FacePose()
    pose.yaw = 15
    #expect(eyes(pose).left.x > front.left.x + 10)
    pose = FacePose()
    pose.pitch = 10
    #expect(eyes(pose).left.y > front.left.y + 8)
    pose = FacePose()
    pose.roll = 10
    #expect(eyes(pose).right.y > eyes(pose).left.y + 15)
  }

  @Test func identitiesDiffer() throws {
    var generator = TestGenerator(11)
    let looks = (0..<40).map { _ in FaceLook.random(using: &generator) }
    #expect(Set(looks).count == 40)
    #expect(Set(looks.map(\.hairStyle)).count == FaceLook.HairStyle.allCases.count)
    #expect(Set(looks.map(\.glasses)).count == FaceLook.Glasses.allCases.count)
    #expect(Set(looks.map(\.beard)).count >= 3)
    let skins = looks.map(\.skin.brightness)
    #expect((skins.min() ?? 1) < 0.35 && (skins.max() ?? 0) > 0.7)
    let one = try StudioFace(look: looks[0]).picture(FacePose())
    let other = try StudioFace(look: looks[1]).picture(FacePose())
    #expect(StudioFace.changed(one, other) != nil)
  }
}
