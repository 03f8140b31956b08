import Testing

@testable import SyntheticActors

/// A small generator of its own (SplitMix64), so that these tests' numbers are the same everywhere.
struct TestGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// One large face without noise, 400×400, with eyes at (150, 160) and (250, 160): a face unit is 100 pixels.
struct StudioFace {
  static let size = 400
  var look = FaceLook()

  func picture(_ pose: FacePose) throws -> FacePicture {
    var generator = TestGenerator(1)
    return try drawFace(look, pose, in: Self.scene, width: Self.size, height: Self.size, noise: &generator)
  }

  static var scene: FaceScene {
    var scene = FaceScene()
    (scene.centreX, scene.centreY, scene.scale, scene.noise) = (0.5, 0.4, 0.25, 0)
    return scene
  }

  /// The box around all pixels that differ by more than 8 levels, in face units; nil: none does.
  static func changed(_ one: FacePicture, _ other: FacePicture) -> (low: Place, high: Place)? {
    var low = Place(9, 9)
    var high = Place(-9, -9)
    for y in 0..<size {
      for x in 0..<size {
        let at = 3 * (y * size + x)
        let differs = (at..<(at + 3)).contains { abs(Int(one.rgb[$0]) - Int(other.rgb[$0])) > 8 }
        guard differs else { continue }
        let place = Place((Double(x) - 200) / 100, (Double(y) - 160) / 100)
        low = pointwiseMin(low, place)
        high = pointwiseMax(high, place)
      }
    }
    return low.x > high.x ? nil : (low, high)
  }
}

typealias FaceUnit = any WritableKeyPath<FacePose, Double> & Sendable

/// Action units and visemes, which go from 0 to 1.
let faceUnits: [FaceUnit] = [
  \.innerBrowRaise, \.outerBrowRaise, \.browLower, \.upperLidRaise, \.lidTighten, \.cheekRaise, \.noseWrinkle,
  \.upperLipRaise, \.lipCornerPull, \.lipCornerDepress, \.lipStretch, \.lipPress, \.jawDrop, \.mouthOpen, \.mouthRound,
  \.blink,
]
