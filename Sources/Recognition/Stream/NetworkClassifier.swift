public import Networks
internal import Signal
public import Tensor

/// A network as the recogniser asks it.
public final class NetworkClassifier: WindowClassifier {
  public let inputs: InputShapes
  private let engine: any NetworkEngine
  private let heads: [Head]
  /// Where the heads write, one buffer each.
  private let answers: [FloatBuffer]

  /// - Parameters:
  ///   - network: with one head at least.
  ///   - threads: that share the work, the caller included.
  ///   - economy: what is saved of a window; the network's architecture must be able to.
  public init(_ network: any Network, threads: Int, economy: SpeedSettings) {
    let (sizes, architecture) = (network.sizes, network.sizes.architecture)
    precondition(!sizes.heads.isEmpty, "a network without a head")
    (inputs, heads) = (sizes.inputs, sizes.heads)
    answers = sizes.heads.map { FloatBuffer(count: $0.outputs) }
    var options = EngineOptions(threads: threads)
    precondition(economy.isPossible(for: architecture), "the network cannot save so much")
    options.videoTokens = economy.videoTokens
    options.keepsVideo = economy.pictureEvery > .zero
    engine = network.engine(options)
  }

  public var outputs: Int { heads[0].outputs + (heads[0].beside(in: heads)?.outputs ?? 0) }

  public func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, steps: WindowSteps,
    into outputs: FloatBuffer
  ) throws {
    guard let place = heads.firstIndex(where: { $0.name == head.name }) else {
      preconditionFailure("the network has no head \(head.name)")
    }
    let needed = heads[place].modalities
    var input = NetworkInput(video: needed.hasVideo ? video : nil, audio: needed.hasAudio ? audio : nil)
    input.onlyHead = place
    if let picture { (input.videoSlot, input.isSameVideo) = (picture.index, picture.isSame) }
    input.steps = steps
    engine.answer(input, into: answers)
    outputs.base.update(from: answers[place].base, count: answers[place].count)
    guard let beside = heads[place].beside(in: heads), let other = heads.firstIndex(of: beside) else { return }
    outputs.base.advanced(by: answers[place].count).update(from: answers[other].base, count: answers[other].count)
  }
}
