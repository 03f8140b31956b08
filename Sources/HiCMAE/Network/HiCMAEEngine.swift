public import Networks
internal import Tensor

extension HiCMAEModel: Network {
  public var sizes: any NetworkSizes { configuration }

  public func engine(_ options: EngineOptions) -> any NetworkEngine { HiCMAEEngine(self, options) }
}

/// The model behind the interface of all architectures.
final class HiCMAEEngine: NetworkEngine {
  private let inference: Inference
  /// Where pictures are held for later windows, by their slots; nil: they are not held.
  private var encoded: [EncodedVideo]?

  init(_ model: HiCMAEModel, _ options: EngineOptions) {
    inference = Inference(
      model: model, threads: options.threads,
      pruning: options.videoTokens < 1 ? TokenPruning(share: options.videoTokens) : nil)
    encoded = options.keepsVideo ? [] : nil
  }

  var operations: Operations { inference.operations }

  func answer(_ input: NetworkInput, into outputs: [FloatBuffer]) {
    let held = input.video == nil ? nil : memory(of: input.videoSlot)
    if !input.isSameVideo { held?.clear() }
    // The one head rests on all modalities of the model.
    let present = Modalities(video: input.video != nil, audio: input.audio != nil)
    guard present.isSuperset(of: inference.model.configuration.modalities) else { return }
    inference.logits(video: input.video, audio: input.audio, encoded: held, into: outputs[0])
  }

  /// A new slot's memory is made at its first use; it sizes itself then.
  private func memory(of slot: Int) -> EncodedVideo? {
    while let count = encoded?.count, count <= slot { encoded?.append(EncodedVideo()) }
    return encoded?[slot]
  }
}
