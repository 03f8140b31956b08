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
  ///   - economy: what is saved of a window, as far as the network can.
  public init(_ network: any Network, threads: Int, economy: Economy) {
    let (sizes, architecture) = (network.sizes, network.sizes.architecture)
    precondition(!sizes.heads.isEmpty, "a network without a head")
    (inputs, heads) = (sizes.inputs, sizes.heads)
    answers = sizes.heads.map { FloatBuffer(count: $0.outputs) }
    var options = EngineOptions(threads: threads)
    if architecture.videoTokenShares != nil { options.videoTokens = economy.videoTokens }
    options.keepsVideo = architecture.reusesVideo && economy.pictureEvery > .zero
    engine = network.engine(options)
  }

  public var outputs: Int { answers[0].count }

  public func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, into outputs: FloatBuffer
  ) throws {
    // A head without a name of the network's is the only one of a model that says nothing of its heads.
    let place = heads.firstIndex { $0.name == head.name } ?? 0
    let needed = heads[place].modalities
    var input = NetworkInput(video: needed.hasVideo ? video : nil, audio: needed.hasAudio ? audio : nil)
    if let picture { (input.videoSlot, input.isSameVideo) = (picture.index, picture.isSame) }
    engine.answer(input, into: answers)
    outputs.base.update(from: answers[place].base, count: answers[place].count)
  }
}
