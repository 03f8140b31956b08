/// Beards: a shade on the skin, drawn before the mouth.
extension FacePen {
  func drawBeardShadow() {
    switch look.beard {
    case .none: return
    case .stubble: drawBeard(0.42, moustache: 0.35)
    case .moustache: drawBeard(0, moustache: 0.9)
    case .full: drawBeard(0.9, moustache: 0.85)
    }
  }

  private func drawBeard(_ alpha: Double, moustache: Double) {
    let mouth = mouthShape
    let w = look.faceWidth
    if alpha > 0 {
      // From one sideburn round the chin to the other, and back above the mouth.
      let low = face.chinY + face.chinDrop + 0.25
      let outer = [
        Place(-1.2 * w, 0.25), Place(-1.2 * w, 1.2), Place(-0.7, low), Place(0, low + 0.05), Place(0.7, low),
        Place(1.2 * w, 1.2), Place(1.2 * w, 0.25),
      ]
      let y = face.mouthY
      let inner = [
        Place(0.97 * w, 0.3), Place(0.86 * w, 0.8), Place(mouth.half + 0.2, y - 0.12), Place(0.3, y - 0.21),
        Place(-0.3, y - 0.21), Place(-mouth.half - 0.2, y - 0.12), Place(-0.86 * w, 0.8), Place(-0.97 * w, 0.3),
      ]
      surface.curve(outer.map { face.flat($0.x, $0.y) })
      surface.curve(inner.map { face.on($0.x, $0.y) }, joined: true)
      surface.stroke(0.12 * face.unit, colours.hair, 0.3 * alpha, keep: true)
      surface.fill(colours.hair, alpha)
      // Skin shows below the lower lip, and the beard is lit in the middle.
      spot(0, low - 0.5, 0.5, 0.3, colours.hairLight, 0.5 * alpha)
      let bottom = mouth.bottom[3].y
      spot(0, bottom + 0.02, mouth.half, 0.12, colours.skin, 0.6)
    }
    let top = mouth.top[3].y
    let half = mouth.half
    let upper = [
      Place(-half - 0.06, mouth.cornerY + 0.06), Place(-0.28, top - 0.09), Place(0, top - 0.08),
      Place(0.28, top - 0.09), Place(half + 0.06, mouth.cornerY + 0.06),
    ]
    outline(upper, mouth.innerTop.reversed())
    surface.stroke(0.05 * face.unit, colours.hair, 0.3 * moustache, keep: true)
    surface.fill(colours.hair, moustache)
  }
}
