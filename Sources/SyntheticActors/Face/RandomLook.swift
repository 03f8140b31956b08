internal import Drawing

extension FaceLook {
  /// Skins from light to dark, between which tones are mixed.
  private static let skins = [
    Ink(0.95, 0.8, 0.72), Ink(0.9, 0.72, 0.6), Ink(0.84, 0.65, 0.5), Ink(0.76, 0.56, 0.41),
    Ink(0.64, 0.45, 0.32), Ink(0.52, 0.35, 0.24), Ink(0.4, 0.27, 0.19), Ink(0.31, 0.21, 0.15),
  ]
  /// Hairs from black to blond; dark skins have the first ones.
  private static let hairs = [
    Ink(0.07, 0.06, 0.06), Ink(0.14, 0.1, 0.08), Ink(0.24, 0.16, 0.1), Ink(0.36, 0.24, 0.14),
    Ink(0.5, 0.24, 0.12), Ink(0.58, 0.43, 0.25), Ink(0.74, 0.6, 0.38),
  ]
  private static let irises = [
    Ink(0.22, 0.14, 0.09), Ink(0.34, 0.22, 0.12), Ink(0.4, 0.36, 0.2), Ink(0.33, 0.42, 0.34),
    Ink(0.36, 0.48, 0.6),
  ]

  /// A person out of many: shape, skin, hair, glasses, beard and age vary, and go together as they mostly do.
  public static func random(using generator: inout some RandomNumberGenerator) -> FaceLook {
    var look = FaceLook()
    let tone = Double.random(in: 0...1, using: &generator) * Double(skins.count - 1)
    let step = min(skins.count - 2, Int(tone))
    let dark = tone / Double(skins.count - 1)
    look.skin = skins[step].mixed(skins[step + 1], tone - Double(step))
    let fair = dark < 0.35 ? hairs.count : dark < 0.6 ? 4 : 2
    look.hair = hairs[Int.random(in: 0..<fair, using: &generator)]
    look.iris = irises[Int.random(in: 0..<(dark < 0.35 ? irises.count : 2), using: &generator)]
    look.clothes = Ink(
      .random(in: 0.1...0.85, using: &generator), .random(in: 0.1...0.85, using: &generator),
      .random(in: 0.1...0.85, using: &generator))
    look.age = .random(in: 0...1, using: &generator)

    /// A factor around 1; the mean of two draws, so that extremes are rare.
    func factor(_ reach: Double) -> Double {
      let sum = Double.random(in: -1...1, using: &generator) + Double.random(in: -1...1, using: &generator)
      return 1 + 0.5 * reach * sum
    }
    look.faceWidth = factor(0.09)
    look.faceLength = factor(0.07)
    look.jawWidth = factor(0.14)
    look.eyeSize = factor(0.14)
    look.eyeDistance = factor(0.07)
    look.browThickness = factor(0.4)
    look.browHeight = factor(0.12)
    look.noseLength = factor(0.12)
    look.noseWidth = factor(0.22)
    look.mouthWidth = factor(0.14)
    look.lipFullness = factor(0.35)

    look.hairStyle = HairStyle.allCases.randomElement(using: &generator) ?? .short
    if look.hairStyle == .bald, look.age < 0.35 { look.hairStyle = .short }
    if Double.random(in: 0..<1, using: &generator) < 0.3 {
      look.glasses = Bool.random(using: &generator) ? .round : .square
    }
    let beardless = look.hairStyle == .long || look.hairStyle == .bun
    if !beardless, Double.random(in: 0..<1, using: &generator) < 0.5 {
      look.beard = [Beard.stubble, .moustache, .full].randomElement(using: &generator) ?? .none
    }
    return look
  }
}

extension FaceScene {
  /// A room out of many, with the whole face in the picture.
  public static func random(using generator: inout some RandomNumberGenerator) -> FaceScene {
    var scene = FaceScene()
    scene.backdrop = Backdrop.allCases.randomElement(using: &generator) ?? .plain
    let grey = Double.random(in: 0.3...0.85, using: &generator)
    func tinted() -> Double { grey * .random(in: 0.88...1.12, using: &generator) }
    scene.wall = Ink(tinted(), tinted(), tinted())
    scene.scale = .random(in: 0.1...0.18, using: &generator)
    // A large face has less room to be off the middle.
    let room = (0.19 - scene.scale) / 0.09
    scene.centreX = 0.5 + 0.12 * room * .random(in: -1...1, using: &generator)
    scene.centreY = 0.44 + 0.04 * room * .random(in: -1...1, using: &generator)
    scene.lightX = .random(in: -1...1, using: &generator)
    scene.contrast = .random(in: 0.1...0.8, using: &generator)
    scene.brightness = .random(in: 0.65...1.15, using: &generator)
    scene.warmth = .random(in: -1...1, using: &generator)
    scene.noise = .random(in: 0.5...4, using: &generator)
    return scene
  }
}
