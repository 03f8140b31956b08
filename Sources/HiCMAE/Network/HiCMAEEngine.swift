public import Networks
internal import Tensor

extension HiCMAEModel: Network {
  public var sizes: any NetworkSizes { configuration }

  public func engine(_ options: EngineOptions) -> any NetworkEngine { HiCMAEEngine(self, options) }
}

/// The model behind the interface of all architectures.
final class HiCMAEEngine: NetworkEngine {
  private let inference: Inference
  /// Where pictures are held for later windows.
  private let encoded: EncodedPicture?

  init(_ model: HiCMAEModel, _ options: EngineOptions) {
    inference = Inference(
      model: model, threads: options.threads,
      pruning: options.videoTokens < 1 ? TokenPruning(share: options.videoTokens) : nil)
    encoded = options.keepsVideo ? EncodedPicture() : nil
  }

  var operations: Operations { inference.operations }

  func answer(_ input: NetworkInput, into outputs: [FloatBuffer]) {
    if !input.isSameVideo { encoded?.clear() }
    inference.logits(video: input.video, audio: input.audio, encoded: encoded, into: outputs[0])
  }
}
