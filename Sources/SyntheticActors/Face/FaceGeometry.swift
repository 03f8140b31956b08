internal import Glibc

/// Where the parts of a face lie.
///
/// Face units: the distance between a mean face's eyes is 1, the point between the eyes is the origin, x to the right
/// of the picture and y down. A point also has a depth towards the viewer, so that a turned head moves its nose more
/// than its ears.
struct FaceGeometry {
  /// Pixels per face unit.
  let unit: Double
  /// The head's roll in radians.
  let roll: Double
  private let look: FaceLook
  private let centre: Place
  private let yawSine, yawCosine, pitchSine, pitchCosine, rollSine, rollCosine: Double

  /// How far the chin goes down.
  let chinDrop: Double

  let eyeX, browY, noseY, mouthY, chinY: Double

  init(_ look: FaceLook, _ pose: FacePose, _ scene: FaceScene, width: Int, height: Int) {
    self.look = look
    unit = scene.scale * Double(width) / look.eyeDistance
    centre = Place(scene.centreX * Double(width), scene.centreY * Double(height))
    let yaw = pose.yaw * .pi / 180
    let pitch = pose.pitch * .pi / 180
    roll = pose.roll * .pi / 180
    (yawSine, yawCosine) = (sin(yaw), cos(yaw))
    (pitchSine, pitchCosine) = (sin(pitch), cos(pitch))
    (rollSine, rollCosine) = (sin(roll), cos(roll))
    chinDrop = 0.3 * pose.jawDrop + 0.1 * pose.mouthOpen
    eyeX = 0.5 * look.eyeDistance
    browY = -0.37 * look.browHeight
    noseY = 0.74 * look.faceLength * look.noseLength
    mouthY = 1.14 * look.faceLength + 0.3 * 0.74 * (look.noseLength - 1)
    chinY = 1.83 * look.faceLength
  }

  /// How far the head's surface at a point lies before the head's centre.
  func depth(_ x: Double, _ y: Double) -> Double {
    let across = x / (1.16 * look.faceWidth)
    let along = (y - 0.15) / (1.95 * look.faceLength)
    return 0.95 * max(0, 1 - across * across - along * along).squareRoot()
  }

  /// The pixel of a point on the face; `lift`: how far it stands off the surface.
  func on(_ x: Double, _ y: Double, lift: Double = 0) -> Place { at(x, y, depth(x, y) + lift) }

  /// The pixel of a point of a given depth.
  func at(_ x: Double, _ y: Double, _ depth: Double) -> Place {
    flat(x * yawCosine + depth * yawSine, y * pitchCosine + depth * pitchSine)
  }

  /// The pixel of a point of the head that only roll moves.
  func flat(_ x: Double, _ y: Double) -> Place {
    centre + unit * Place(x * rollCosine - y * rollSine, x * rollSine + y * rollCosine)
  }

  /// The pixel of a point of the body, which no turn of the head moves.
  func body(_ x: Double, _ y: Double) -> Place { centre + unit * Place(x, y) }

  /// How far a point of the lower face follows the jaw: not at the nose, wholly at the chin.
  func jaw(_ y: Double) -> Double {
    let share = min(1, max(0, (y - 0.55) / (0.8 * chinY - 0.55)))
    return chinDrop * share * share * (3 - 2 * share)
  }

  /// The head's right half from its top to its chin, in face units; the left half is its mirror.
  var outline: [Place] {
    let w = look.faceWidth
    let j = look.jawWidth * w
    let l = look.faceLength
    let half = [
      Place(0, -1.72), Place(0.62 * w, -1.52), Place(0.98 * w, -0.95), Place(1.07 * w, -0.25), Place(1.05 * w, 0.42),
      Place(0.93 * j, 1.02 * l), Place(0.72 * j, 1.45 * l), Place(0.38 * j, 1.75 * l), Place(0, chinY),
    ]
    return half.map { Place($0.x, $0.y + jaw($0.y)) }
  }

  /// The pixel of a point of the outline: the jaw's lies before the head's centre, the skull's does not.
  func edge(_ point: Place) -> Place {
    let forward = max(0, min(1, (point.y + 0.2) / 1.8))
    return at(point.x, point.y, 0.5 * forward)
  }
}
