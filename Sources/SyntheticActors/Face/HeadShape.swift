/// The head's skin: outline, ears, and the soft shades that make it round.
extension FacePen {
  /// The head's outline in pixels, from the top round the right side.
  var headOutline: [Place] {
    let right = face.outline
    let left = right.dropFirst().dropLast().reversed().map { Place(-$0.x, $0.y) }
    return (right + left).map { face.edge($0) }
  }

  func drawEars() {
    bothSides { side in
      // The ear that turns towards the viewer grows, the other hides behind the cheek.
      let turn = side * pose.yaw / 60
      let x = side * (1.08 * look.faceWidth - turn * 0.1)
      let size = 1 - 0.8 * turn
      let ear = [
        Place(-0.05, -0.2), Place(0.1, -0.24), Place(0.16, -0.05), Place(0.1, 0.25), Place(0.03, 0.42),
        Place(-0.06, 0.36),
      ].map { face.at(x + side * $0.x * size, 0.12 + $0.y, -0.05) }
      surface.loop(ear)
      surface.fill(colours.skin.mixed(colours.skinShade, 0.35))
      let inner = [Place(0.07, -0.13), Place(0.09, 0.02), Place(0.03, 0.14), Place(0.02, 0.27)]
      surface.curve(inner.map { face.at(x + side * $0.x * size, 0.12 + $0.y, -0.05) })
      surface.stroke(0.05 * face.unit, colours.skinShade, 0.7)
    }
  }

  /// The head and the shades inside its outline, before anything is drawn on them.
  func drawHead() {
    let outline = headOutline
    surface.sheet(around: outline) {
      surface.loop(outline)
      fillSkin()
    } shade: {
      shadeSides()
      shadeCheeks()
      shadeSockets()
      drawBeardShadow()
    }
  }

  private func fillSkin() {
    surface.fill(
      from: face.flat(0, -1.7), to: face.flat(0, 1.9),
      [
        ColourStop(0, colours.skin.mixed(colours.skinLight, 0.35)), ColourStop(0.45, colours.skin),
        ColourStop(1, colours.skin.mixed(colours.skinShade, 0.3)),
      ])
  }

  private func shadeSides() {
    let w = look.faceWidth
    let chin = face.chinY + face.chinDrop
    bothSides { side in
      surface.spot(
        face.flat(side * 1.2 * w, 0.35), Place(0.5, 1.9) * face.unit, turned: face.roll, colours.skinShade, 0.75)
      // Hollow of the cheek, towards the jaw.
      spot(side * 0.85 * w, 1.1, 0.4, 0.6, colours.skinShade, 0.35 + 0.15 * look.age, turned: side * 0.35)
      // Temple.
      spot(side * 0.95 * w, -0.45, 0.28, 0.5, colours.skinShade, 0.3)
    }
    spot(0, -0.85, 0.75, 0.4, colours.skinLight, 0.6)
    // The chin stands out between the shade below the lip and the jaw.
    spot(0, chin - 0.25, 0.3, 0.2, colours.skinLight, 0.5)
    surface.spot(face.flat(0, chin + 0.08), Place(0.9, 0.26) * face.unit, turned: face.roll, colours.skinShade, 0.6)
  }

  private func shadeCheeks() {
    let up = 0.12 * pose.cheekRaise + 0.05 * pose.lipCornerPull
    let wide = 0.06 * pose.lipCornerPull
    bothSides { side in
      spot(side * (0.62 + wide), 0.62 - up, 0.42, 0.36, colours.blush, 0.5 + 0.15 * pose.cheekRaise)
      spot(side * (0.6 + wide), 0.46 - up, 0.34, 0.2, colours.skinLight, 0.6 + 0.3 * pose.cheekRaise)
    }
  }

  /// Eyes lie in hollows, the bridge of the nose stands between them.
  private func shadeSockets() {
    let x = face.eyeX
    bothSides { side in
      spot(side * x, -0.12, 0.44, 0.26, colours.skinShade, 0.8)
      spot(side * (x - 0.2), -0.06, 0.2, 0.26, colours.skinShade, 0.8)
      // Below the eye; deeper with age and in a raised cheek.
      spot(side * x, 0.17, 0.32, 0.1, colours.skinShade, 0.35 + 0.3 * look.age)
    }
    spot(0, 0.1, 0.13, 0.5, colours.skinLight, 0.6, lift: 0.1)
  }
}
