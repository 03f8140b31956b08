internal import Drawing

extension Ink {
  static let black = Ink(0, 0, 0), white = Ink(1, 1, 1)

  /// How bright it looks, 0 to 1.
  var brightness: Double { 0.3 * red + 0.59 * green + 0.11 * blue }

  func mixed(_ other: Ink, _ share: Double) -> Ink {
    Ink(
      red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
  }

  func times(_ factor: Double) -> Ink {
    Ink(min(1, red * factor), min(1, green * factor), min(1, blue * factor))
  }
}

/// The shades of one person, derived once from the look.
struct FaceColours {

  var skin, skinLight, skinShade, skinDeep: Ink
  var blush, lip, lipShade, brow, hair, hairShade, hairLight, line: Ink
  let sclera: Ink
  let mouthInside = Ink(0.17, 0.05, 0.05), teeth = Ink(0.94, 0.92, 0.87), tongue = Ink(0.66, 0.3, 0.3)

  init(_ look: FaceLook) {
    skin = look.skin
    let dark = 1 - look.skin.brightness
    // Shadows on skin are redder than the skin; on dark skin they must be deeper to be seen at all.
    skinShade = Ink(skin.red * 0.68, skin.green * 0.57, skin.blue * 0.53)
    skinDeep = Ink(skin.red * 0.4, skin.green * 0.29, skin.blue * 0.26)
    skinLight = skin.mixed(Ink(1, 0.95, 0.88), 0.22 + 0.12 * dark)
    blush = skin.mixed(Ink(0.8, 0.3, 0.25), 0.4)
    lip = skin.mixed(Ink(0.62, 0.2, 0.22), 0.42).times(0.93)
    lipShade = lip.times(0.62)
    line = skinDeep
    let grey = max(0, look.age - 0.55) * 1.9
    hair = look.hair.mixed(Ink(0.72, 0.72, 0.72), min(0.85, grey))
    hairShade = hair.times(0.62)
    hairLight = hair.mixed(.white, 0.16)
    // Brows stay darker than the skin, or a blond's face has none.
    let wanted = min(hair.brightness, 0.62 * skin.brightness)
    brow = hair.times(wanted / max(0.02, hair.brightness)).mixed(skinDeep, 0.15)
    sclera = Ink(0.93, 0.92, 0.9).mixed(skin, 0.1)
  }
}
