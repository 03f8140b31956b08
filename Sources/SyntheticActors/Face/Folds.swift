/// The fold from the nose's wing past the mouth's corner.
extension FacePen {
  func drawFolds() {
    let pull = share(pose.lipCornerPull)
    let sneer = max(share(pose.noseWrinkle), share(pose.upperLipRaise))
    let deep = max(0.7 * pull, 0.6 * pose.cheekRaise, 0.85 * sneer, 0.35 * pose.lipStretch)
    let alpha = 0.06 + 0.22 * look.age + 0.4 * deep
    let mouth = mouthShape
    let wing = 0.29 * look.noseWidth
    let up = 0.05 * sneer
    bothSides { side in
      let end = Place(mouth.half + 0.12, mouth.cornerY + 0.02)
      let start = Place(wing, face.noseY - 0.16 - up)
      let middle = 0.5 * (start + end) + Place(0.06 + 0.06 * pull, -0.04 - 0.05 * pull)
      let fold = [start, middle, end, end + Place(0.02, 0.12)]
      stroke(fold.map { Place(side * $0.x, $0.y) }, 0.028, colours.line, alpha, soft: true)
    }
  }
}
