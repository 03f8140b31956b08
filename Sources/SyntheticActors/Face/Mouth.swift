/// Lips, and what is between them.
extension FacePen {
  var mouthShape: MouthShape { MouthShape(look, pose, mouthY: face.mouthY) }

  func drawMouth() {
    let mouth = mouthShape
    shadeAround(mouth)
    if mouth.gap > 0.02 || pose.upperLipRaise > 0.1 {
      outline(mouth.innerTop, mouth.innerBottom.reversed())
      surface.fill(colours.mouthInside, keep: true)
      surface.clipped { drawInside(mouth) }
    }
    outline(mouth.top, mouth.innerTop.reversed())
    surface.fill(colours.lip.mixed(colours.lipShade, 0.35))
    outline(mouth.innerBottom, mouth.bottom.reversed())
    surface.fill(colours.lip)
    let shine = mouth.innerBottom[3].y * 0.45 + mouth.bottom[3].y * 0.55
    let thick = mouth.bottom[3].y - mouth.innerBottom[3].y
    spot(0, shine, 0.5 * mouth.half, 0.4 * thick, colours.lip.mixed(.white, 0.45), 0.55)
    // The line between the lips is the mouth's darkest.
    let seam = colours.lipShade.mixed(.black, 0.5)
    stroke(mouth.innerTop, 0.026, seam, 0.85)
    if mouth.gap > 0.02 { stroke(mouth.innerBottom, 0.014, seam, 0.6) }
    bothSides { side in
      spot(side * mouth.half, mouth.cornerY, 0.07, 0.06, colours.skinDeep, 0.75)
    }
  }

  private func drawInside(_ mouth: MouthShape) {
    let roof = mouth.innerTop[3].y
    let floor = mouth.innerBottom[3].y
    let half = mouth.half
    disc(0, floor + 0.02, 0.55 * half, min(0.14, 0.45 * mouth.gap), colours.tongue, 0.9)
    // Teeth hang from the upper lip's height at rest: a lip that is raised or pulled back shows more of them.
    let shown = 0.06 + 0.05 * pose.upperLipRaise + 0.06 * pose.lipCornerPull + 0.04 * pose.lipStretch
    let edge = mouth.innerTop.map { Place($0.x, $0.y + shown * (1 - 0.4 * abs($0.x) / half)) }
    outline(mouth.innerTop, edge.reversed())
    surface.fill(colours.teeth)
    if floor - roof > 0.16 {
      let lower = mouth.innerBottom.map { Place($0.x, $0.y - 0.035) }
      outline(lower, mouth.innerBottom.reversed())
      surface.fill(colours.teeth.times(0.85), 0.6 * share(pose.lipStretch + 0.3 * pose.jawDrop))
    }
    spot(-half, mouth.cornerY, 0.4 * half, 0.25, colours.mouthInside, 0.9)
    spot(half, mouth.cornerY, 0.4 * half, 0.25, colours.mouthInside, 0.9)
  }

  /// The groove under the nose, the shade under the lower lip; pressed lips bulge, lowered corners pucker the chin.
  private func shadeAround(_ mouth: MouthShape) {
    let top = mouth.top[3].y
    let bottom = mouth.bottom[3].y
    spot(0, 0.5 * (top + face.noseY), 0.07, 0.13, colours.skinShade, 0.5)
    spot(0, bottom + 0.06, 0.75 * mouth.half, 0.09, colours.skinShade, 0.85)
    let press = pose.lipPress
    spot(0, top - 0.07, 0.8 * mouth.half, 0.07, colours.skinLight, 0.6 * press)
    let pucker = [Place(-0.2, bottom + 0.17), Place(0, bottom + 0.1), Place(0.2, bottom + 0.17)]
    stroke(pucker, 0.03, colours.line, 0.3 * press + 0.4 * pose.lipCornerDepress, soft: true)
    bothSides { side in
      let corner = Place(mouth.half, mouth.cornerY)
      let below = [corner + Place(0.03, 0.03), corner + Place(0.09, 0.12), corner + Place(0.08, 0.26)]
      stroke(
        below.map { Place(side * $0.x, $0.y) }, 0.024, colours.line,
        0.55 * pose.lipCornerDepress + 0.3 * press + 0.25 * pose.lipStretch + 0.2 * max(0, look.age - 0.4), soft: true)
    }
  }
}
