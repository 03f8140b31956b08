extension FaceLook.Colour {
  static let black = FaceLook.Colour(0, 0, 0), white = FaceLook.Colour(1, 1, 1)

  /// How bright it looks, 0 to 1.
  var brightness: Double { 0.3 * red + 0.59 * green + 0.11 * blue }

  func mixed(_ other: FaceLook.Colour, _ share: Double) -> FaceLook.Colour {
    FaceLook.Colour(
      red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
  }

  func times(_ factor: Double) -> FaceLook.Colour {
    FaceLook.Colour(min(1, red * factor), min(1, green * factor), min(1, blue * factor))
  }
}

/// The shades of one person, derived once from the look.
struct FaceColours {
  typealias Colour = FaceLook.Colour

  var skin, skinLight, skinShade, skinDeep: Colour
  var blush, lip, lipShade, brow, hair, hairShade, hairLight, line: Colour
  let sclera: Colour
  let mouthInside = Colour(0.17, 0.05, 0.05), teeth = Colour(0.94, 0.92, 0.87), tongue = Colour(0.66, 0.3, 0.3)

  init(_ look: FaceLook) {
    skin = look.skin
    let dark = 1 - look.skin.brightness
    // Shadows on skin are redder than the skin; on dark skin they must be deeper to be seen at all.
    skinShade = Colour(skin.red * 0.68, skin.green * 0.57, skin.blue * 0.53)
    skinDeep = Colour(skin.red * 0.4, skin.green * 0.29, skin.blue * 0.26)
    skinLight = skin.mixed(Colour(1, 0.95, 0.88), 0.22 + 0.12 * dark)
    blush = skin.mixed(Colour(0.8, 0.3, 0.25), 0.4)
    lip = skin.mixed(Colour(0.62, 0.2, 0.22), 0.42).times(0.93)
    lipShade = lip.times(0.62)
    line = skinDeep
    let grey = max(0, look.age - 0.55) * 1.9
    hair = look.hair.mixed(Colour(0.72, 0.72, 0.72), min(0.85, grey))
    hairShade = hair.times(0.62)
    hairLight = hair.mixed(.white, 0.16)
    // Brows stay darker than the skin, or a blond's face has none.
    let wanted = min(hair.brightness, 0.62 * skin.brightness)
    brow = hair.times(wanted / max(0.02, hair.brightness)).mixed(skinDeep, 0.15)
    sclera = Colour(0.93, 0.92, 0.9).mixed(skin, 0.1)
  }
}
