internal import Tensor

extension PatchGrid {
  /// The runs of neighbouring values that one patch covers of an input, in the order channel, depth, height: each
  /// ``patchWidth`` long. It is the order of a patch's own values too.
  /// - Parameter body: gets the place of a run's first value.
  func eachRun(ofPatch place: Int, _ body: (_ start: Int) -> Void) {
    let (across, down) = (width / patchWidth, height / patchHeight)
    let (left, top) = (place % across * patchWidth, place / across % down * patchHeight)
    let front = place / (across * down) * patchDepth
    for channel in 0..<channels {
      for deep in 0..<patchDepth {
        for high in 0..<patchHeight {
          body(((channel * depth + front + deep) * height + top + high) * width + left)
        }
      }
    }
  }
}
