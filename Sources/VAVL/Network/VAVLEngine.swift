internal import Layers
internal import Networks
internal import Tensor

/// The model behind the interface of all architectures, with what it keeps of steps that come again.
final class VAVLEngine: NetworkEngine {
  private let model: VAVLModel
  let operations: Operations
  /// By slot.
  private var videoCaches: [StepCache] = []
  private var audioCache: StepCache?

  init(_ model: VAVLModel, _ options: EngineOptions) {
    self.model = model
    operations = Operations(
      threads: options.threads, level: model.packing?.level ?? .best, packing: model.packing)
  }

  func answer(_ input: NetworkInput, into outputs: [FloatBuffer]) {
    operations.reset()
    guard let first = model.heads.first else { return }
    let batch = outputs[0].count / first.outputs
    let video = summary(.video, input.video, steps: input.videoSteps, batch: batch, keys: input.steps.frames) {
      while videoCaches.count <= input.videoSlot { videoCaches.append(cache(.video)) }
      return videoCaches[input.videoSlot]
    }
    // A block of rows is the same where it begins at the same place.
    let blocks = input.steps.firstRow.map { row in
      (0..<model.configuration.steps(.audio)).map { block -> StepKey? in
        let first = block * VAVLSizes.blockRows
        return first + VAVLSizes.blockRows <= input.steps.finalRows ? row.advanced(by: first) : nil
      }
    }
    let audio = summary(.audio, input.audio, steps: input.audioSteps, batch: batch, keys: blocks) {
      let cache = audioCache ?? cache(.audio)
      audioCache = cache
      return cache
    }
    let asked = input.onlyHead.map { model.heads[$0] }
    let beside = asked?.beside(in: model.heads)
    for (index, head) in model.heads.enumerated() where asked == nil || head == asked || head == beside {
      guard (!head.modalities.hasVideo || video != nil) && (!head.modalities.hasAudio || audio != nil) else { continue }
      let y = Matrix(outputs[index], rows: batch, columns: head.outputs)
      _ = model.answer(
        index, video: video?.mean, audio: audio?.mean, newest: video?.newest, training: nil, into: y, operations)
    }
  }

  private func cache(_ modality: Modality) -> StepCache {
    StepCache(steps: model.configuration.steps(modality), width: model.configuration.width)
  }

  /// - Returns: the mean over time, and what the head of actions reads.
  private func summary(
    _ modality: Modality, _ input: FloatBuffer?, steps: Int?, batch: Int, keys: [StepKey?]?, _ cache: () -> StepCache
  ) -> (mean: Matrix, newest: Matrix?)? {
    guard let input, let branch = model.branch(modality) else { return nil }
    let x = Matrix(input, rows: batch, columns: input.count / batch)
    let sequences = PaddedSequences(
      tokens: branch.steps, lengths: Array(repeating: steps ?? branch.steps, count: batch))
    let tokens: Matrix
    if let encoder = branch.encoder, batch == 1 {
      tokens =
        keys.map { keys in cache()(keys) { branch.tokens(x, encoder, only: $0, operations) } }
        ?? branch.tokens(x, encoder, only: Array(0..<branch.steps), operations)
    } else {
      tokens = branch.projected(model.features(x, modality, training: nil, operations), operations)
    }
    let newest = model.newest(tokens, sequences, modality, operations)
    return (model.summary(tokens: tokens, sequences, branch, training: nil, operations), newest)
  }
}
