/// The shape of one eye's opening, as action units, blink and gaze make it.
///
/// Lengths are face units from the eye's centre; x runs from the nose outwards.
struct EyeShape {
  /// The lids' margins from the inner corner to the outer one.
  let upper, lower: [Place]
  /// The fold of the upper lid.
  let crease: [Place]
  /// 0 closed, about 1 at rest.
  let openness: Double
  let iris: Double
  let irisY: Double

  init(_ look: FaceLook, _ pose: FacePose) {
    let size = look.eyeSize
    let half = 0.255 * size
    let open = 1 - share(pose.blink)
    let sad = share(pose.innerBrowRaise) * (0.4 + 0.6 * share(pose.browLower + pose.lipCornerDepress))
    let tight = share(pose.lidTighten)
    let cheek = share(pose.cheekRaise)
    // At rest the lids touch the iris above and below; a raised upper lid shows white above it.
    let raised = 0.105 + 0.085 * share(pose.upperLidRaise) - 0.042 * tight - 0.022 * cheek - 0.014 * sad
    let followed = 0.035 * max(0, pose.gazeY) - 0.015 * min(0, pose.gazeY)
    let wrinkled = 0.03 * share(pose.noseWrinkle)
    let restUpper = (raised - (pose.gazeY > 0 ? followed : -followed) - wrinkled) * size
    let restLower = (0.09 - 0.045 * tight - 0.05 * cheek - 0.02 * share(pose.noseWrinkle)) * size
    let closed = 0.06 * size
    let top = restUpper * open - closed * (1 - open)
    let bottom = restLower * open + closed * (1 - open)
    openness = max(0, (top + bottom) / (0.195 * size))
    // In sadness the lid's inner part goes up with the brow, the outer hangs; anger turns it the other way.
    let slant = open * (0.035 * sad - 0.03 * share(pose.browLower) * (1 - sad))
    let inner = Place(-half, 0.025 * size)
    let outer = Place(half * 1.04, -0.01 * size + 0.5 * slant)
    upper = [
      inner, Place(-0.55 * half, -0.66 * top - slant), Place(-0.05 * half, -top - 0.3 * slant),
      Place(0.55 * half, -0.8 * top + slant), outer,
    ]
    lower = [
      outer, Place(0.55 * half, 0.85 * bottom), Place(0.05 * half, bottom), Place(-0.5 * half, 0.8 * bottom), inner,
    ]
    let lift = 0.055 * size + 0.06 * (1 - open) + 0.015 * look.age - 0.02 * share(pose.browLower)
    crease = upper.dropFirst().map { Place($0.x, min(-0.02, $0.y) - lift) }
    iris = 0.112 * size
    irisY = -0.01 + 0.055 * pose.gazeY
  }
}
