internal import Drawing

/// What is behind the person; each kind has edges of its own that a face must not be mistaken for.
extension CairoSurface {
  func drawBackdrop(_ scene: FaceScene) {
    let w = Double(width)
    let h = Double(height)
    let wall = scene.wall
    switch scene.backdrop {
    case .plain:
      everything()
      fill(wall)
    case .gradient:
      everything()
      let lit = scene.lightX < 0 ? 0.0 : w
      fill(
        from: Place(lit, 0), to: Place(w - lit, h),
        [ColourStop(0, wall.mixed(.white, 0.2)), ColourStop(1, wall.times(0.55))])
    case .shelves:
      everything()
      fill(wall.times(0.8))
      drawShelves(scene)
    case .window:
      everything()
      fill(from: Place(0, 0), to: Place(0, h), [ColourStop(0, wall), ColourStop(1, wall.times(0.8))])
      drawWindow(scene)
    }
  }

  private func drawShelves(_ scene: FaceScene) {
    let w = Double(width)
    let h = Double(height)
    let spines = [
      Ink(0.45, 0.2, 0.18), Ink(0.2, 0.3, 0.42), Ink(0.62, 0.55, 0.4),
      Ink(0.25, 0.38, 0.28), Ink(0.5, 0.47, 0.45),
    ]
    for row in 0..<3 {
      let foot = h * (0.28 + 0.34 * Double(row))
      var x = 0.01 * w
      var i = 7 * row
      while x < 0.99 * w {
        // Widths and heights repeat only after many books.
        let wide = w * (0.018 + 0.006 * Double(i * 5 % 4))
        let tall = h * (0.17 + 0.02 * Double(i * 7 % 5))
        if i % 9 != 4 {
          box(Place(x, foot - tall), Place(wide - 1, tall))
          fill(spines[i * 3 % 5].mixed(scene.wall, 0.45))
        }
        x += wide
        i += 1
      }
      box(Place(0, foot), Place(w, 0.025 * h))
      fill(scene.wall.times(0.5))
    }
  }

  private func drawWindow(_ scene: FaceScene) {
    let w = Double(width)
    let h = Double(height)
    // On the side the light comes from.
    let left = scene.lightX < 0 ? 0.03 * w : 0.62 * w
    box(Place(left, 0.06 * h), Place(0.35 * w, 0.6 * h))
    fill(
      from: Place(0, 0), to: Place(0, 0.66 * h),
      [ColourStop(0, Ink(0.78, 0.87, 0.96)), ColourStop(1, Ink(0.88, 0.92, 0.9))], keep: true)
    stroke(0.02 * w, scene.wall.mixed(.white, 0.5))
    box(Place(left + 0.17 * w, 0.06 * h), Place(0.012 * w, 0.6 * h))
    fill(scene.wall.mixed(.white, 0.5))
  }
}
