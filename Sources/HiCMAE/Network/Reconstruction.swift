internal import Layers
public import Networks
public import Tensor

extension Pretraining: PatchReconstructor {
  public var inputs: InputShapes { configuration.inputs }
  public var patchFrames: Int { Configuration.tubelet }

  public func reconstruct(
    video: Matrix?, audio: Matrix?, hiding percent: Int, key: RandomKey, _ operations: Operations
  ) -> (video: PatchReconstruction?, audio: PatchReconstruction?) {
    // Both are drawn, so that a model with one modality hides what a model with both would.
    let mask = PatchMasks(percent: percent).mask([key], .audioVideo)
    operations.reset()
    let said = self(video: video, audio: audio, mask: mask, contrast: false, operations)
    let targets = ReconstructionTargets(video: video, audio: audio, mask: mask, operations)
    var result: (video: PatchReconstruction?, audio: PatchReconstruction?)
    if let video, let told = said.video, let truth = targets.video {
      let hidden = mask.video.hidden
      result.video = PatchReconstruction(
        hidden, of: Configuration.videoGrid, told, truth,
        restored: Restoration.pictures(told, in: video, hidden: hidden, operations))
    }
    if let audio, let told = said.audio, let truth = targets.audio {
      let hidden = mask.audio.hidden
      result.audio = PatchReconstruction(
        hidden, of: Configuration.audioGrid, told, truth,
        restored: Restoration.sounds(told, in: audio, hidden: hidden, operations))
    }
    return result
  }
}

extension PatchReconstruction {
  /// Of one clip.
  fileprivate init(
    _ choice: TokenChoice, of grid: PatchGrid, _ predicted: Matrix, _ targets: Matrix, restored: Matrix
  ) {
    let isHidden = [Bool](unsafeUninitializedCapacity: grid.values) { flags, count in
      count = grid.values
      flags.initialize(repeating: false)
      for place in choice.places {
        grid.eachRun(ofPatch: place) { start in
          for value in start..<start + grid.patchWidth { flags[value] = true }
        }
      }
    }
    self.init(
      isHidden: isHidden, hidden: choice.places.count, patches: grid.tokens, values: restored.array,
      predicted: predicted.array, targets: targets.array)
  }
}
