internal import Glibc

/// Hair behind the head, and over it.
extension FacePen {
  func drawHairBehind() {
    let w = look.faceWidth
    switch look.hairStyle {
    case .bald, .short, .parted: return
    case .long:
      let side = [
        Place(0, -1.95), Place(0.85, -1.75), Place(1.25, -1.1), Place(1.33, 0), Place(1.4, 1.1), Place(1.38, 2.1),
        Place(1.1, 2.6), Place(0.6, 2.3),
      ]
      surface.loop(mirrored(side).map { face.flat($0.x * w, $0.y) })
      fillHair(dark: 0.55)
    case .bun:
      surface.loop(ring(Place(0, -2.05), 0.46, 0.38, 10, wave: 0).map { face.flat($0.x, $0.y) })
      fillHair(dark: 0.3)
    case .curly:
      surface.loop(ring(Place(0, -0.75), 1.42 * w, 1.32, 26, wave: 0.045).map { face.flat($0.x, $0.y) })
      fillHair(dark: 0.5)
    }
  }

  func drawHairFront() {
    let w = look.faceWidth
    switch look.hairStyle {
    case .bald:
      bothSides { side in
        surface.spot(
          face.flat(side * 1.05 * w, -0.35), Place(0.16, 0.55) * face.unit, turned: face.roll, colours.hair, 0.5)
      }
    case .short: drawCap(rise: 0.2, line: [Place(0.9, -0.75), Place(0.62, -1.02), Place(0.25, -1.1)], burn: -0.05)
    case .curly: drawCap(rise: 0.26, line: [Place(0.9, -0.7), Place(0.55, -0.98), Place(0.2, -0.94)], burn: 0.1)
    case .bun: drawCap(rise: 0.12, line: [Place(0.92, -0.72), Place(0.6, -1.1), Place(0.2, -1.2)], burn: -0.1)
    case .long: drawCap(rise: 0.24, line: [Place(0.98, -0.4), Place(0.78, -0.85), Place(0.3, -1.22)], burn: 0.9)
    case .parted: drawParted()
    }
    drawStrands()
  }

  /// Hair over the skull down to a hairline that is the same on both sides; given for the right, from the temple in.
  private func drawCap(rise: Double, line: [Place], burn: Double) {
    surface.curve(capTop(rise, burn).map { face.flat($0.x, $0.y) })
    let right = [Place(1.0, min(burn, -0.2))] + line
    let middle = Place(0, (line.last?.y ?? -1.1) + 0.01)
    let w = look.faceWidth
    let whole = right + [middle] + right.reversed().map { Place(-$0.x, $0.y) }
    surface.curve(whole.map { face.on($0.x * w, $0.y) }, joined: true)
    fillHair(dark: 0)
  }

  /// A side parting: the hair falls over one half of the forehead.
  private func drawParted() {
    surface.curve(capTop(0.24, 0).map { face.flat($0.x, $0.y) })
    let w = look.faceWidth
    let line = [
      Place(1.0, -0.3), Place(0.88, -0.72), Place(0.5, -0.82), Place(0.0, -0.98), Place(-0.42, -1.28),
      Place(-0.62, -1.05), Place(-0.88, -0.72), Place(-1.0, -0.3),
    ]
    surface.curve(line.map { face.on($0.x * w, $0.y) }, joined: true)
    fillHair(dark: 0)
  }

  /// The hair's upper edge from the left sideburn over the top to the right one.
  private func capTop(_ rise: Double, _ burn: Double) -> [Place] {
    let w = look.faceWidth
    let right = [
      Place(0, -1.74 - rise), Place(0.66 * w, -1.5 - rise), Place(1.02 * w + 0.6 * rise, -0.95),
      Place(1.09 * w + 0.3 * rise, -0.35), Place(1.08 * w + 0.2 * rise, burn),
    ]
    return right.dropFirst().reversed().map { Place(-$0.x, $0.y) } + right
  }

  /// A few lines along the fall of the hair.
  private func drawStrands() {
    guard look.hairStyle != .bald else { return }
    let top = look.hairStyle == .curly ? 0.2 : 0.1
    for i in 0..<7 {
      let x = (Double(i) - 3) / 3
      let thread = [
        Place(0.3 * x, -1.72 - top), Place(0.72 * x, -1.52), Place(0.96 * x, -1.28 + 0.28 * x * x),
      ]
      surface.curve(thread.map { face.flat($0.x * look.faceWidth, $0.y) })
      surface.stroke(0.045 * face.unit, i % 2 == 0 ? colours.hairLight : colours.hairShade, 0.4)
    }
  }

  private func fillHair(dark: Double) {
    let base = colours.hair.mixed(colours.hairShade, dark)
    surface.fill(
      from: face.flat(0, -2), to: face.flat(0, 0.6),
      [ColourStop(0, base.mixed(colours.hairLight, 0.6)), ColourStop(0.5, base), ColourStop(1, base.times(0.8))])
  }

  private func mirrored(_ right: [Place]) -> [Place] {
    right + right.dropFirst().reversed().map { Place(-$0.x, $0.y) }
  }

  /// A closed ring of points, every other one further out.
  private func ring(_ centre: Place, _ radiusX: Double, _ radiusY: Double, _ count: Int, wave: Double) -> [Place] {
    (0..<count).map { i in
      let angle = 2 * .pi * Double(i) / Double(count)
      let out = 1 + (i % 2 == 0 ? wave : -wave)
      return centre + Place(radiusX * out * cos(angle), radiusY * out * sin(angle))
    }
  }
}
