import Signal
import Testing

@testable import Media
@testable import SyntheticActors

/// The project's own detector finds drawn faces where they are.
struct FoundFaceTests {
  @Test func detectorFindsDrawnFaces() throws {
    let detector = try FaceDetector()
    var generator = TestGenerator(2026)
    var found = 0
    let count = 60
    for _ in 0..<count {
      let look = FaceLook.random(using: &generator)
      let scene = FaceScene.random(using: &generator)
      let pose = Self.pose(using: &generator)
      let width = 480
      let height = 360
      let picture = try drawFace(look, pose, in: scene, width: width, height: height, noise: &generator)
      let gray = GrayPicture(
        width: width, height: height, pixels: Self.brightness(picture),
        region: PixelBox(x: 0, y: 0, width: Double(width), height: Double(height)))
      guard let box = try detector.find(gray, path: "drawn").first?.box else { continue }
      let face = FaceGeometry(look, pose, scene, width: width, height: height)
      let between = 0.5 * (face.on(-face.eyeX, 0) + face.on(face.eyeX, 0))
      // dlib's boxes reach from the brows to the chin: their middle lies below the eyes.
      let across = (box.x + 0.5 * box.width - between.x) / box.width
      let down = (box.y + 0.5 * box.height - between.y) / box.height
      #expect(abs(across) < 0.15 && abs(down - 0.22) < 0.15, "\(across), \(down)")
      #expect((1.9...3.3).contains(box.width / face.unit), "\(box.width / face.unit) face units")
      found += 1
    }
    #expect(found >= 59, "\(found) of \(count)")
  }

  /// Any three units, anywhere between rest and their extremes; the head up to 15° aside and 10° rolled.
  private static func pose(using generator: inout TestGenerator) -> FacePose {
    var pose = FacePose()
    for _ in 0..<3 {
      guard let unit = faceUnits.randomElement(using: &generator) else { continue }
      pose[keyPath: unit] = .random(in: 0...1, using: &generator)
    }
    pose.gazeX = .random(in: -1...1, using: &generator)
    pose.gazeY = .random(in: -1...1, using: &generator)
    pose.yaw = .random(in: -15...15, using: &generator)
    pose.pitch = .random(in: -8...8, using: &generator)
    pose.roll = .random(in: -10...10, using: &generator)
    return pose
  }

  private static func brightness(_ picture: FacePicture) -> [UInt8] {
    (0..<(picture.width * picture.height)).map { pixel in
      let red = Int(picture.rgb[3 * pixel])
      let green = Int(picture.rgb[3 * pixel + 1])
      let blue = Int(picture.rgb[3 * pixel + 2])
      return UInt8((299 * red + 587 * green + 114 * blue) / 1000)
    }
  }
}
