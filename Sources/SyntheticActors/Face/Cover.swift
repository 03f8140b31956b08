internal import Drawing

/// A sheet of paper that is held up before the face.
extension FacePen {
  func drawCover() {
    let cover = share(pose.cover)
    guard cover > 0 else { return }
    let paper = Ink(0.93, 0.92, 0.88)
    let (half, tall) = (1.5 * look.faceWidth, 4.4 * look.faceLength)
    // From below the chin to over the brows.
    let top = 2.7 - cover * 4.6 * look.faceLength
    let corners = [Place(-half, top), Place(half, top - 0.08), Place(half, top + tall), Place(-half, top + tall)]
    surface.polygon(corners.map { face.body($0.x, $0.y) })
    surface.fill(
      from: face.body(-half, top), to: face.body(half, top + tall),
      [ColourStop(0, paper), ColourStop(1, paper.times(0.82))], keep: true)
    surface.stroke(0.03 * face.unit, paper.times(0.6))
    bothSides { side in
      for finger in 0..<4 {
        let place = face.body(side * (half - 0.12), top + 2.2 + 0.24 * Double(finger))
        surface.disc(place, Place(0.26, 0.11) * face.unit, turned: 0, colours.skinShade)
        surface.disc(place, Place(0.23, 0.09) * face.unit, turned: 0, colours.skin)
      }
    }
  }
}
