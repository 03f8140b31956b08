internal import Drawing
internal import Glibc

/// Eyeballs and lids.
extension FacePen {
  func drawEyes() {
    let shape = EyeShape(look, pose)
    bothSides { side in
      func place(_ points: [Place]) -> [Place] { points.map { Place(side * (face.eyeX + $0.x), $0.y) } }
      let upper = place(shape.upper)
      let lower = place(shape.lower)
      if shape.openness > 0.06 {
        outline(upper, lower)
        surface.fill(colours.sclera, keep: true)
        surface.clipped { drawEyeball(side, shape, upper) }
      }
      drawLids(side, shape, upper, lower)
    }
  }

  private func drawEyeball(_ side: Double, _ shape: EyeShape, _ upper: [Place]) {
    let eye = side * face.eyeX
    // A turned head keeps its gaze unless it is told to look elsewhere; the ball's own curve makes it lag a little.
    let x = eye + 0.1 * pose.gazeX
    let y = shape.irisY
    let r = shape.iris
    // Corners are in shade, the middle is not.
    spot(eye - 0.25 * side, 0, 0.13, 0.13, colours.blush, 0.3)
    spot(eye + 0.25 * side, 0, 0.16, 0.16, colours.skinShade, 0.45)
    let rim = look.iris.times(0.3)
    disc(x, y, r, r, rim)
    disc(x, y, 0.84 * r, 0.84 * r, look.iris)
    spot(x, y + 0.45 * r, 0.7 * r, 0.5 * r, look.iris.mixed(.white, 0.45), 0.7)
    disc(x, y, 0.45 * r, 0.45 * r, Ink(0.03, 0.02, 0.02))
    // The upper lid's shade, and the light's image in the cornea.
    stroke(upper, 0.07, colours.skinDeep, 0.35)
    let glint = scene.lightX < 0 ? -1.0 : 1.0
    disc(x + 0.35 * r * glint, y - 0.38 * r, 0.22 * r, 0.22 * r, .white, 0.9)
  }

  private func drawLids(_ side: Double, _ shape: EyeShape, _ upper: [Place], _ lower: [Place]) {
    let lash = colours.skinDeep.mixed(.black, 0.65)
    let closing = 1 - min(1, shape.openness)
    stroke(lower, 0.022, colours.skinDeep, 0.55 + 0.25 * closing)
    stroke(upper, 0.042, lash, 0.92)
    let crease = shape.crease.map { Place(side * (face.eyeX + $0.x), $0.y) }
    stroke(crease, 0.024, colours.skinDeep, 0.5, soft: true)
    // The pouch that a raised cheek or a tight lid pushes up.
    let pouch = max(pose.cheekRaise, 0.7 * pose.lidTighten, 0.5 * pose.noseWrinkle)
    let y = 0.17 - 0.04 * pouch
    let under = [Place(-0.2, y - 0.02), Place(-0.05, y + 0.05), Place(0.12, y + 0.045), Place(0.26, y - 0.03)]
    stroke(
      under.map { Place(side * (face.eyeX + $0.x), $0.y) }, 0.02, colours.skinShade.mixed(colours.line, 0.4),
      0.12 + 0.3 * look.age + 0.5 * pouch, soft: true)
    drawCrowsFeet(side)
  }

  private func drawCrowsFeet(_ side: Double) {
    let alpha = pose.cheekRaise * (0.3 + 0.5 * look.age) + 0.15 * max(0, look.age - 0.5)
    for angle in [-0.35, 0.05, 0.42] {
      let from = Place(face.eyeX + 0.34, 0.02) + 0.04 * Place(cos(angle), sin(angle))
      let to = from + 0.17 * Place(cos(angle), sin(angle))
      let middle = 0.5 * (from + to) + Place(0, 0.012)
      stroke([from, middle, to].map { Place(side * $0.x, $0.y) }, 0.016, colours.line, alpha)
    }
  }
}
