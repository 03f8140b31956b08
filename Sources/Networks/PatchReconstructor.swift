public import Tensor

/// A pre-trained network that reconstructs hidden patches of a clip.
public protocol PatchReconstructor: Sendable {
  var inputs: InputShapes { get }
  /// Frames of one video patch.
  var patchFrames: Int { get }

  /// Hides patches of one clip and reconstructs them.
  ///
  /// - Parameters:
  ///   - video: (1, values of the input's shape), normalised. A modality that the network does not have is not looked at
  ///     and may be nil.
  ///   - audio: likewise.
  ///   - percent: of patches that are hidden, from 1 to 99; rounded down, but at least one.
  ///   - key: where the choice comes from. What is hidden stays hidden with more percent.
  ///   - operations: does the work.
  /// - Returns: nil for a modality that the network does not have.
  func reconstruct(
    video: Matrix?, audio: Matrix?, hiding percent: Int, key: RandomKey, _ operations: Operations
  ) -> (video: PatchReconstruction?, audio: PatchReconstruction?)
}

/// One modality of a clip, with hidden patches reconstructed.
public struct PatchReconstruction: Sendable {
  /// Whether each value of the input was hidden.
  public var isHidden: [Bool]
  /// Patches that were hidden, and patches in all.
  public var hidden, patches: Int
  /// The input with reconstructed values in hidden patches, normalised.
  public var values: [Float]
  /// What the network predicted for the hidden patches, and the targets of pre-training; one after the other.
  public var predicted, targets: [Float]

  public init(
    isHidden: [Bool], hidden: Int, patches: Int, values: [Float], predicted: [Float], targets: [Float]
  ) {
    (self.isHidden, self.hidden, self.patches) = (isHidden, hidden, patches)
    (self.values, self.predicted, self.targets) = (values, predicted, targets)
  }
}
