public import Networks
internal import Tensor

extension HiCMAEModel: Network {
  public var sizes: any NetworkSizes { configuration }

  public func engine(_ options: EngineOptions) -> any NetworkEngine { HiCMAEEngine(self, options) }
}

/// The model behind the interface of all architectures.
final class HiCMAEEngine: NetworkEngine {
  private let inference: Inference
  private let heads: [Head]
  /// Where pictures are held for later windows, by their slots; nil: they are not held.
  private var encoded: [EncodedVideo]?

  init(_ model: HiCMAEModel, _ options: EngineOptions) {
    inference = Inference(
      model: model, threads: options.threads,
      pruning: options.videoTokens < 1 ? TokenPruning(share: options.videoTokens) : nil)
    heads = model.configuration.heads
    encoded = options.keepsVideo ? [] : nil
  }

  var operations: Operations { inference.operations }

  func answer(_ input: NetworkInput, into outputs: [FloatBuffer]) {
    let held = input.video == nil ? nil : memory(of: input.videoSlot)
    if !input.isSameVideo { held?.clear() }
    let present = Modalities(video: input.video != nil, audio: input.audio != nil)
    for (place, head) in heads.enumerated() where input.onlyHead ?? place == place {
      guard head.modalities.isSubset(of: present) else { continue }
      // What a head does not rest on is absent to it.
      let (sees, hears) = (head.modalities.hasVideo, head.modalities.hasAudio)
      inference.logits(
        video: sees ? input.video : nil, audio: hears ? input.audio : nil, encoded: sees ? held : nil,
        into: outputs[place])
    }
  }

  /// A new slot's memory is made at its first use; it sizes itself then.
  private func memory(of slot: Int) -> EncodedVideo? {
    while let count = encoded?.count, count <= slot { encoded?.append(EncodedVideo()) }
    return encoded?[slot]
  }
}
