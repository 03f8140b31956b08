internal import Glibc

/// The lips' four lines, as units and speech shape them.
///
/// Face units; every line runs from the left corner to the right one.
struct MouthShape {
  /// The upper lip's upper edge and lower edge, the lower lip's upper edge and lower edge.
  let top, innerTop, innerBottom, bottom: [Place]
  /// How far the lips are apart in their middle.
  let gap: Double
  /// Half the width, and the corners' height.
  let half: Double
  let cornerY: Double

  init(_ look: FaceLook, _ pose: FacePose, mouthY: Double) {
    let pull = share(pose.lipCornerPull)
    let depress = share(pose.lipCornerDepress)
    let stretch = share(pose.lipStretch)
    let press = share(pose.lipPress)
    let raise = share(pose.upperLipRaise)
    let sneer = share(pose.noseWrinkle)
    let drop = share(pose.jawDrop)
    let open = share(pose.mouthOpen)
    let round = share(pose.mouthRound)
    let wide = 1 + 0.24 * pull + 0.26 * stretch - 0.06 * press + 0.03 * depress - 0.08 * drop
    half = 0.42 * look.mouthWidth * wide * (1 - 0.42 * round)
    let bend = -0.17 * pull + 0.15 * depress + 0.03 * stretch
    let shut = 1 - 0.8 * press
    gap = (0.36 * drop + 0.2 * open + 0.045 * round + 0.05 * raise + 0.05 * stretch + 0.05 * pull) * shut
    let centre = mouthY + 0.03 * pull - 0.03 * depress
    cornerY = centre + bend + 0.42 * gap * (1 - 0.5 * pull)
    let lift = 0.075 * raise + 0.03 * sneer
    let thin = (1 - 0.72 * press) * (1 - 0.25 * stretch) * (1 - 0.15 * pull) * (1 + 0.2 * round)
    let upper = 0.085 * look.lipFullness * thin * (1 - 0.25 * raise)
    let lower = 0.125 * look.lipFullness * thin
    let (half, cornerY) = (self.half, self.cornerY)

    /// A line through the corners whose height inside is given at shares of the half width.
    func line(_ heights: [(x: Double, y: Double)]) -> [Place] {
      let inside = heights.map { Place($0.x * half, $0.y) }
      return [Place(-half, cornerY)] + inside + [Place(half, cornerY)]
    }
    /// How much of the corners' bend a line has at a share of the half width.
    func bent(_ x: Double, _ height: Double, _ fullness: Double) -> (x: Double, y: Double) {
      let outward = pow(abs(x), 1.7)
      return (x, cornerY * outward + height * (1 - outward) - fullness)
    }
    let roof = centre - 0.12 * gap - lift
    let floor = centre + 0.88 * gap
    innerTop = line([
      bent(-0.66, roof, 0.012), bent(-0.3, roof, 0), bent(0, roof, -0.012), bent(0.3, roof, 0), bent(0.66, roof, 0.012),
    ])
    innerBottom = line([
      bent(-0.66, floor, -0.3 * gap), bent(-0.3, floor, -0.06 * gap), bent(0, floor, 0), bent(0.3, floor, -0.06 * gap),
      bent(0.66, floor, -0.3 * gap),
    ])
    top = line([
      bent(-0.62, roof, 0.62 * upper), bent(-0.2, roof, 1.15 * upper), bent(0, roof, 0.9 * upper),
      bent(0.2, roof, 1.15 * upper), bent(0.62, roof, 0.62 * upper),
    ])
    bottom = line([
      bent(-0.66, floor, -0.3 * gap - 0.62 * lower), bent(-0.3, floor, -0.05 * gap - 0.97 * lower),
      bent(0, floor, -lower), bent(0.3, floor, -0.05 * gap - 0.97 * lower),
      bent(0.66, floor, -0.3 * gap - 0.62 * lower),
    ])
  }
}
