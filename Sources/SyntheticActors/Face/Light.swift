internal import Drawing

/// Light from one side: the person's other side is darker.
extension FacePen {
  func drawLight() {
    let side = scene.lightX < 0 ? -1.0 : 1.0
    let strength = share(scene.contrast) * (0.3 + 0.7 * abs(scene.lightX))
    let shade = Ink(0.05, 0.03, 0.05)
    surface.everything()
    surface.fill(
      from: face.flat(-1.25 * side, 0.25), to: face.flat(1.25 * side, -0.25),
      [
        ColourStop(0, shade, 0.62 * strength), ColourStop(0.45, shade, 0.22 * strength), ColourStop(0.75, shade, 0),
        ColourStop(0.76, .white, 0), ColourStop(1, .white, 0.16 * strength),
      ])
  }
}
