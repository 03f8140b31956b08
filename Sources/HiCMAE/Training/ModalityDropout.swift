internal import Networks
internal import Tensor
internal import Training

/// Leaves out one modality of a clip by chance, so that a network learns to answer from the other one.
struct ModalityDropout {
  /// The chance that the video is left out, and that the audio is; never both.
  let chance: Double

  init(_ chance: Double) {
    precondition((0...0.5).contains(chance), "a modality dropout of \(chance)")
    self.chance = chance
  }

  /// What of every clip is there to the network. A clip that has one modality keeps it. Each clip has a draw of its own.
  func present(_ batch: TrainingBatch) -> [Modalities] {
    batch.clips.indices.map { clip in
      let has = batch.modalities(ofClip: clip)
      precondition(!has.isEmpty, "a clip without modalities")
      guard has == .audioVideo, chance > 0 else { return has }
      var random = batch.clips[clip].stream(.modalityDropout)
      // One draw decides both, so that both chances are exact.
      let draw = random.uniform()
      return draw < chance ? .audio : draw < 2 * chance ? .video : .audioVideo
    }
  }
}

/// The clips of a slice by what they have: a network computes those with the same modalities together.
struct PresentGroups {
  /// Clips in the order of the slice. The group of the first clip comes first.
  let groups: [(modalities: Modalities, clips: [Int])]

  /// - Parameters:
  ///   - clips: of the slice.
  ///   - present: what each clip of the batch has; nil: all have the same.
  init(_ clips: Range<Int>, _ present: [Modalities]?) {
    var groups: [(modalities: Modalities, clips: [Int])] = []
    for clip in clips {
      let has = present?[clip] ?? .audioVideo
      if let place = groups.firstIndex(where: { $0.modalities == has }) {
        groups[place].clips.append(clip)
      } else {
        groups.append((has, [clip]))
      }
    }
    self.groups = groups
  }

  /// The clips in the order of the groups.
  var order: [Int] { groups.flatMap(\.clips) }
}
