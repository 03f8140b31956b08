internal import Layers
internal import Networks
internal import Tensor
internal import Training
internal import VAVL

/// Results of some clips of a batch, a row each.
struct ClipRows {
  /// Counted from the learner's first clip.
  var clips: [Int]
  var rows: Matrix
}

/// What one slice of a batch gives: the outputs of every head, the reconstructions and their targets, each for the clips
/// that have what it rests on.
struct SliceOutput {
  /// In the order of the sizes' heads; nil where no clip of the slice has the modalities.
  var heads: [ClipRows?]
  var reconstructions: [Modality: ClipRows] = [:]
  var targets: [Modality: ClipRows] = [:]
  /// What its batch normalisations found.
  var moments: TrainingPass
}

extension VAVLModel {
  /// A slice through the passes of picture, of sound and of both; a pass that no clip has the modalities for is left out.
  ///
  /// - Parameters:
  ///   - batch: the learner's clips.
  ///   - slice: those to compute.
  ///   - dropout: from the batch's first clip on; nil: nothing is left out.
  ///   - jointReaches: whether the gradient of the joint head reaches the branches and shared blocks.
  func passes(
    _ batch: TrainingBatch, _ slice: Range<Int>, dropout: Dropout?, jointReaches: Bool, _ operations: Operations
  ) -> SliceOutput {
    let training = TrainingPass(dropout: dropout)
    var output = SliceOutput(heads: heads.map { _ in nil }, moments: training)
    var summaries: [Modality: ClipRows] = [:]
    var newest: Matrix?
    for modality in [Modality.video, .audio] {
      guard let input = modality == .video ? batch.video : batch.audio, branch(modality) != nil else { continue }
      let clips = slice.filter { batch.modalities(ofClip: $0).contains(Modalities(modality)) }
      guard let first = clips.first else { continue }
      // Neighbours need no copy.
      let x =
        clips == Array(first..<first + clips.count)
        ? input.rows(first..<first + clips.count) : operations.gather(input, rows: clips)
      let lengths = clips.map { batch.length(ofClip: $0, modality) ?? configuration.steps(modality) }
      let counts = modality == .video ? batch.videoFrames.map { frames in clips.map { frames[$0] } } : nil
      let features =
        counts.map { self.features(x, first: $0, modality, training: training, operations) }
        ?? features(x, modality, training: training, operations)
      guard let branch = branch(modality) else { continue }
      let sequences = PaddedSequences(tokens: branch.steps, lengths: lengths)
      let tokens = tokens(features, modality, operations)
      newest = self.newest(tokens, sequences, modality, operations) ?? newest
      let summary = summary(tokens: tokens, sequences, branch, training: training, operations)
      summaries[modality] = ClipRows(clips: clips, rows: summary)
      if let reconstruction = reconstruction(modality) {
        output.reconstructions[modality] = ClipRows(
          clips: clips, rows: reconstruction(summary, training: training, operations))
        output.targets[modality] = ClipRows(
          clips: clips,
          rows: configuration.reconstructionTarget(x, features, lengths: lengths, frames: counts, modality, operations))
      }
    }
    for (index, head) in heads.enumerated() {
      output.heads[index] = answer(
        index, head, summaries, newest, training: training, jointReaches: jointReaches, operations)
    }
    return output
  }

  private func answer(
    _ index: Int, _ head: Head, _ summaries: [Modality: ClipRows], _ newest: Matrix?, training: TrainingPass,
    jointReaches: Bool, _ operations: Operations
  ) -> ClipRows? {
    let (video, audio) = (summaries[.video], summaries[.audio])
    guard head.modalities == .audioVideo else {
      guard let own = head.modalities == .video ? video : audio else { return nil }
      let rows = answer(index, video: own.rows, audio: own.rows, newest: newest, training: training, operations)
      return ClipRows(clips: own.clips, rows: rows)
    }
    guard let video, let audio else { return nil }
    let clips = video.clips.filter { audio.clips.contains($0) }
    guard !clips.isEmpty else { return nil }
    func chosen(_ summary: ClipRows) -> Matrix {
      let summary = ClipRows(
        clips: summary.clips, rows: jointReaches ? summary.rows : operations.detached(summary.rows))
      guard clips != summary.clips else { return summary.rows }
      return operations.gather(summary.rows, rows: clips.compactMap { summary.clips.firstIndex(of: $0) })
    }
    let rows = answer(index, video: chosen(video), audio: chosen(audio), training: training, operations)
    return ClipRows(clips: clips, rows: rows)
  }
}
