/// Neck, shoulders and clothes. The body does not turn with the head; the neck joins the two.
extension FacePen {
  func drawBody() {
    let chest = face.chinY + 1.05
    let w = look.faceWidth
    let dark = look.clothes.times(0.55)
    let neck = 0.68 * w
    let collar = face.chinY + 0.36
    let right = [
      Place(0.7 * w, collar - 0.05), Place(1.1, collar + 0.22), Place(1.9, collar + 0.5), Place(2.35, chest + 0.3),
      Place(2.5, chest + 3),
    ]
    // The neck: its upper end rolls with the head.
    surface.polygon([
      face.flat(-neck, 0.6), face.flat(neck, 0.6), face.body(neck * 1.02, collar), face.body(neck * 1.4, collar + 0.5),
      face.body(-neck * 1.4, collar + 0.5), face.body(-neck * 1.02, collar),
    ])
    surface.fill(
      from: face.body(0, face.chinY - 0.1), to: face.body(0, collar + 0.3),
      [
        ColourStop(0, colours.skinShade.mixed(colours.skinDeep, 0.45)),
        ColourStop(1, colours.skin.mixed(colours.skinShade, 0.4)),
      ])
    let left = right.map { Place(-$0.x, $0.y) }
    surface.curve(right.map { face.body($0.x, $0.y) })
    surface.curve(left.reversed().map { face.body($0.x, $0.y) }, joined: true)
    // The neckline hangs between the shoulders.
    surface.curve(
      [left[0], Place(-0.45 * w, collar + 0.24), Place(0, collar + 0.36), Place(0.45 * w, collar + 0.24), right[0]].map
      {
        face.body($0.x, $0.y)
      }, joined: true)
    surface.fill(
      from: face.body(0, collar), to: face.body(0, chest + 1.2),
      [ColourStop(0, look.clothes.mixed(.white, 0.08)), ColourStop(1, dark)], keep: true)
    surface.stroke(0.04 * face.unit, dark, 0.8)
  }
}
