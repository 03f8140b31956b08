import Glibc
import Signal

/// People with scripted movements before a camera, and a detector that sees what dlib's would.
struct FaceStage {
  /// Somebody: where the face is at a time (seconds), nil while away or hidden.
  struct Person {
    var name: Int
    var place: (Double) -> PixelBox?
  }

  var people: [Person]
  var width = 1280
  var height = 720
  /// Detections are off by so much of the box width.
  var jitter = 0.0
  /// Cuts: a person's signature changes at these times.
  var scene: (Double) -> Int = { _ in 0 }
  var eyes = false

  /// What came out at one frame, and which person that really is.
  struct Shot {
    var time: Double
    var face: FollowedFace?
    var person: Int?
    var searches: [FaceSearch]
  }

  func play(
    _ follower: inout FaceFollower, fps: Double, seconds: Double, from start: Double = 0, seed: UInt64 = 1
  ) -> [Shot] {
    var random = Seeded(state: seed)
    var shots: [Shot] = []
    for i in 0..<Int((seconds * fps).rounded()) {
      let t = start + Double(i) / fps
      follower.begin(time: Instant(seconds: t), width: width, height: height) { signature($0, at: t) }
      var searches: [FaceSearch] = []
      while let search = follower.nextSearch() {
        searches.append(search)
        follower.found(detect(search, at: t, &random))
      }
      let face = follower.finish { signature($0, at: t) }.first
      // Only where no second face is near: while one hides the other, a crop shows both whatever its id.
      let close = people.filter { person in
        face.flatMap { face in person.place(t).map { Self.near($0, face.box) < 0.8 } } ?? false
      }
      let person = close.count == 1 ? close[0].name : nil
      shots.append(Shot(time: t, face: face, person: person, searches: searches))
    }
    return shots
  }

  /// Distance of centres in widths.
  static func near(_ a: PixelBox, _ b: PixelBox) -> Double {
    hypot(a.x + a.width / 2 - b.x - b.width / 2, a.y + a.height / 2 - b.y - b.height / 2) / b.width
  }

  func detect(_ search: FaceSearch, at t: Double, _ random: inout Seeded) -> [DetectedFace] {
    var seen: [(box: PixelBox, name: Int)] = []
    for person in people {
      guard let box = person.place(t) else { continue }
      let pixels: Double
      switch search {
      case .whole(let width): pixels = box.width * Double(width) / Double(self.width)
      case .near(let region, let scale):
        pixels = box.width * scale
        guard region.x >= 0, region.y >= 0, region.x + region.width <= Double(width),
          region.y + region.height <= Double(height), box.x >= region.x, box.y >= region.y,
          box.x + box.width <= region.x + region.width, box.y + box.height <= region.y + region.height
        else { continue }
      }
      // dlib's detector is trained at 80 px and sees a little less.
      guard pixels >= 72 else { continue }
      // In front are later people; a face that is half hidden is not found.
      seen.removeAll { Self.near($0.box, box) < 0.5 }
      seen.append((box, person.name))
    }
    return seen.map { box, _ in
      let (dx, dy, dw) = (noise(&random) * box.width, noise(&random) * box.width, noise(&random) * box.width)
      let moved = PixelBox(x: box.x + dx, y: box.y + dy, width: box.width + dw, height: box.height + dw)
      let pair = EyePair(
        leftX: moved.x + 0.3 * moved.width, leftY: moved.y + 0.28 * moved.width, rightX: moved.x + 0.7 * moved.width,
        rightY: moved.y + 0.3 * moved.width)
      return DetectedFace(box: moved, score: 1, eyes: eyes ? pair : nil)
    }
  }

  func noise(_ random: inout Seeded) -> Double { jitter == 0 ? 0 : Double.random(in: -jitter...jitter, using: &random) }

  /// A wall with a texture of the scene, and on it each person's own, moving along.
  func signature(_ box: PixelBox, at t: Double) -> [Float] {
    (0..<256).map { i in
      let x = box.x + (Double(i % 16) + 0.5) / 16 * box.width
      let y = box.y + (Double(i / 16) + 0.5) / 16 * box.height
      for person in people.reversed() {
        guard let face = person.place(t) else { continue }
        let (u, v) = ((x - face.x) / face.width, (y - face.y) / face.height)
        if (0...1).contains(u), (0...1).contains(v) { return texture(u * 3, v * 3, 31 * person.name + scene(t) + 1) }
      }
      return texture(x / 150, y / 150, 1000 + scene(t))
    }
  }

  /// Smooth, and unlike any other number's.
  func texture(_ u: Double, _ v: Double, _ name: Int) -> Float {
    let p = Double(name)
    return Float(128 + 60 * sin(2 * u + 1.7 * p) * cos(2.3 * v - 0.9 * p) + 40 * sin(3 * v + u * cos(p) + 2.9 * p))
  }
}
