/// The nose, its shade, and the wrinkles that a sneer makes.
extension FacePen {
  func drawNose() {
    let wrinkle = share(pose.noseWrinkle)
    let up = 0.06 * wrinkle + 0.02 * share(pose.upperLipRaise)
    let width = look.noseWidth * (1 + 0.08 * wrinkle + 0.05 * pose.lipCornerPull)
    let base = face.noseY - up
    drawBridge(base, width)
    // Below the nose; then tip and wings, with lit tops.
    spot(0, base + 0.09, 0.34 * width, 0.12, colours.skinDeep, 0.5)
    bothSides { side in
      spot(side * 0.17 * width, base - 0.05, 0.13, 0.12, colours.skin, 0.8, lift: 0.1)
    }
    spot(0, base - 0.1, 0.15 * width, 0.15, colours.skinLight, 0.85, lift: 0.25)
    bothSides { side in
      disc(
        side * 0.1 * width, base + 0.005, 0.055, 0.03, colours.skinDeep.mixed(.black, 0.5), 0.85, lift: 0.12,
        turned: side * 0.25)
      let wing = [
        Place(0.17, base + 0.03), Place(0.25 * width, base + 0.01), Place(0.27 * width, base - 0.09),
        Place(0.2 * width, base - 0.19),
      ]
      stroke(wing.map { Place(side * $0.x, $0.y) }, 0.026, colours.line, 0.42 + 0.3 * wrinkle, soft: true, lift: 0.05)
    }
    stroke(
      [Place(-0.06, base + 0.03), Place(0, base + 0.05), Place(0.06, base + 0.03)], 0.024, colours.line, 0.5, lift: 0.15
    )
    drawWrinkles(wrinkle)
  }

  /// The side of the bridge away from the light is dark.
  private func drawBridge(_ base: Double, _ width: Double) {
    bothSides { side in
      let away = share(0.5 - 0.5 * side * scene.lightX)
      let alpha = (0.12 + 0.45 * away * (0.4 + scene.contrast)) * (0.6 + 0.4 * look.noseLength)
      spot(side * 0.17 * width, 0.42 * base, 0.12, 0.42, colours.skinShade, alpha, turned: -0.12 * side)
    }
  }

  private func drawWrinkles(_ wrinkle: Double) {
    guard wrinkle > 0.02 else { return }
    for i in 0..<3 {
      let y = -0.02 + 0.1 * Double(i)
      bothSides { side in
        let fold = [Place(0.03, y - 0.03), Place(0.11, y), Place(0.19, y + 0.07)]
        stroke(fold.map { Place(side * $0.x, $0.y) }, 0.02, colours.line, 0.55 * wrinkle, soft: true, lift: 0.08)
      }
    }
    stroke([Place(-0.11, -0.12), Place(0, -0.1), Place(0.11, -0.12)], 0.022, colours.line, 0.5 * wrinkle, soft: true)
  }
}
