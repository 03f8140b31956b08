/// Brows, and the folds of the forehead that they push.
extension FacePen {
  /// One brow's middle line from the nose outwards, in face units; half its thickness at each point.
  private var browLine: (line: [Place], halves: [Double]) {
    let inner = share(pose.innerBrowRaise)
    let outer = share(pose.outerBrowRaise)
    let lower = share(pose.browLower)
    let wrinkle = share(pose.noseWrinkle)
    // A brow that is lifted and lowered at once (grief) goes up inside, and in.
    let down = lower * (1 - 0.75 * inner)
    let y = face.browY
    let knit = 0.085 * lower + 0.02 * wrinkle
    let squint = 0.03 * pose.cheekRaise
    let line = [
      Place(face.eyeX - 0.3 - knit, y + 0.02 - 0.19 * inner + 0.18 * down + 0.08 * wrinkle),
      Place(face.eyeX - 0.1 - 0.6 * knit, y - 0.05 - 0.13 * inner - 0.05 * outer + 0.15 * down + 0.06 * wrinkle),
      Place(face.eyeX + 0.14, y - 0.1 - 0.03 * inner - 0.15 * outer + 0.07 * down + 0.03 * wrinkle + squint),
      Place(face.eyeX + 0.37, y + 0.02 + 0.02 * inner - 0.14 * outer + 0.01 * down + squint),
    ]
    let thick = look.browThickness
    return (line, [0.05 * thick, 0.056 * thick, 0.046 * thick, 0.012])
  }

  func drawBrows() {
    let (line, halves) = browLine
    bothSides { side in
      let upper = zip(line, halves).map { Place(side * $0.x, $0.y - $1) }
      let lower = zip(line, halves).map { Place(side * $0.x, $0.y + $1) }
      outline(upper, lower.reversed(), lift: 0.05)
      surface.stroke(0.035 * face.unit, colours.brow, 0.35, keep: true)
      surface.fill(colours.brow, 0.88)
      // A few hairs that leave the inner end upwards.
      for i in 0..<3 {
        let root = line[0] + Place(0.015 + 0.05 * Double(i), halves[0] - 0.015 * Double(i))
        let tip = root + Place(0.012 + 0.02 * Double(i), -1.9 * halves[0])
        stroke([root, tip].map { Place(side * $0.x, $0.y) }, 0.018, colours.brow, 0.6, lift: 0.05)
      }
    }
  }

  /// Lines across the forehead (raised brows) and between the brows (lowered ones).
  func drawForehead() {
    let inner = share(pose.innerBrowRaise)
    let outer = share(pose.outerBrowRaise)
    let raised = max(inner, outer)
    let wide = outer > inner ? 0.62 : 0.32 + 0.3 * outer
    let alpha = raised * (0.3 + 0.4 * look.age) + 0.3 * max(0, look.age - 0.4)
    for i in 0..<3 {
      let y = face.browY - 0.3 - 0.15 * Double(i) - 0.04 * raised
      let reach = wide - 0.06 * Double(i)
      let dip = 0.03 - 0.05 * max(0, inner - outer)
      stroke(
        [
          Place(-reach, y + 0.02), Place(-0.4 * reach, y - 0.02), Place(0, y + dip - 0.01),
          Place(0.4 * reach, y - 0.02),
          Place(reach, y + 0.02),
        ], 0.022, colours.line, alpha * (1 - 0.2 * Double(i)), soft: true)
    }
    let knit = share(pose.browLower)
    spot(0, face.browY + 0.1, 0.16, 0.2, colours.skinShade, 0.7 * knit)
    bothSides { side in
      let x = side * (0.105 - 0.03 * knit)
      let y = face.browY
      stroke(
        [Place(x * 1.1, y + 0.19), Place(x * 0.8, y + 0.04), Place(x * 1.1, y - 0.13)], 0.025, colours.line,
        0.62 * knit + 0.15 * max(0, look.age - 0.4), soft: true)
    }
  }
}
