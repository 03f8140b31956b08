internal import Drawing

/// Glasses stand before the eyes, so that a turn moves them a little further.
extension FacePen {
  func drawGlasses() {
    guard look.glasses != .none else { return }
    let frame = colours.hairShade.mixed(Ink(0.12, 0.1, 0.1), 0.7)
    let lift = 0.14
    let width = 0.036
    bothSides { side in
      let x = side * face.eyeX
      surface.loop(lens.map { face.at(x + side * $0.x, $0.y + 0.03, face.depth(x, 0.03) + lift) })
      surface.fill(.white, 0.05, keep: true)
      surface.stroke(width * face.unit, frame, 0.9)
      // The arm to the ear.
      surface.curve([
        face.at(x + side * 0.4, -0.07, face.depth(x, 0) + lift), face.at(side * 1.06 * look.faceWidth, -0.08, 0.1),
      ])
      surface.stroke(width * face.unit, frame, 0.8)
    }
    let inner = face.eyeX - 0.37
    let bridge = [Place(-inner, -0.02), Place(0, -0.07), Place(inner, -0.02)]
    surface.curve(bridge.map { face.at($0.x, $0.y, face.depth(face.eyeX, 0.03) + lift) })
    surface.stroke(width * face.unit, frame, 0.9)
  }

  private var lens: [Place] {
    if look.glasses == .round {
      return [
        Place(-0.37, 0), Place(-0.26, -0.25), Place(0, -0.34), Place(0.26, -0.25), Place(0.37, 0), Place(0.26, 0.26),
        Place(0, 0.36), Place(-0.26, 0.26),
      ]
    }
    return [
      Place(-0.38, -0.08), Place(-0.33, -0.23), Place(0, -0.25), Place(0.35, -0.25), Place(0.42, -0.1),
      Place(0.36, 0.2), Place(0.22, 0.28), Place(-0.2, 0.28), Place(-0.34, 0.18),
    ]
  }
}
