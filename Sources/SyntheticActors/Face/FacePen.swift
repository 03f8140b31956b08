internal import Drawing

/// Draws one face in face units (``FaceGeometry``); each part of the face is an extension in a file of its own.
struct FacePen {
  let surface: CairoSurface
  let look: FaceLook
  let pose: FacePose
  let scene: FaceScene
  let face: FaceGeometry
  let colours: FaceColours

  /// A soft spot on the face.
  func spot(
    _ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, _ colour: Ink, _ alpha: Double,
    lift: Double = 0, turned: Double = 0
  ) {
    let radii = Place(radiusX, radiusY) * face.unit
    surface.spot(face.on(x, y, lift: lift), radii, turned: face.roll + turned, colour, alpha)
  }

  func disc(
    _ x: Double, _ y: Double, _ radiusX: Double, _ radiusY: Double, _ colour: Ink, _ alpha: Double = 1,
    lift: Double = 0, turned: Double = 0
  ) {
    let radii = Place(radiusX, radiusY) * face.unit
    surface.disc(face.on(x, y, lift: lift), radii, turned: face.roll + turned, colour, alpha)
  }

  /// A line on the face; `soft` adds a wide faint one below it, as of a fold.
  func stroke(
    _ points: [Place], _ width: Double, _ colour: Ink, _ alpha: Double, soft: Bool = false, lift: Double = 0
  ) {
    guard alpha > 0.01 else { return }
    surface.curve(points.map { face.on($0.x, $0.y, lift: lift) })
    if soft { surface.stroke(3 * width * face.unit, colour, 0.3 * alpha, keep: true) }
    surface.stroke(width * face.unit, colour, alpha)
  }

  /// Outlines a shape on the face of two smooth curves that meet in corners.
  func outline(_ there: [Place], _ back: [Place], lift: Double = 0) {
    surface.curve(there.map { face.on($0.x, $0.y, lift: lift) })
    surface.curve(back.map { face.on($0.x, $0.y, lift: lift) }, joined: true)
  }

  /// Does the same on both sides: −1 is the left of the picture.
  func bothSides(_ body: (Double) -> Void) {
    body(-1)
    body(1)
  }
}

/// From 0 to 1, whatever is given.
func share(_ value: Double) -> Double { min(1, max(0, value)) }
