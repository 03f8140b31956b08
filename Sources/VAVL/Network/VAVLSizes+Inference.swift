public import Layers
public import Networks
public import Tensor

extension VAVLSizes {
  /// The sizes that a checkpoint's names and shapes imply. A checkpoint does not tell how many steps of features a clip
  /// has: the published ones are taken.
  /// - Parameters:
  ///   - store: the checkpoint.
  ///   - families: of the encoders that it may be built on.
  /// - Throws: `WeightError` saying what does not add up.
  public init(inferredFrom store: any TensorStore, families: [any EncoderFamily] = []) throws(WeightError) {
    let names = Set(store.names)
    func shape(_ name: String, _ count: Int) throws(WeightError) -> [Int] {
      guard let shape = store.shape(of: name) else { throw .notThisModel("there is no \(name)") }
      guard shape.count == count, shape.allSatisfy({ $0 > 0 }) else { throw .notThisModel("\(name) is \(shape)") }
      return shape
    }
    func blocks(_ prefix: String) -> Int {
      (0..<1000).first { !names.contains("\(prefix).blocks.\($0).norm.weight") } ?? 0
    }
    let shares = names.contains("shared.widen.weight")
    func shared(_ name: String) -> String { shares ? "shared" : "shared_\(name)" }
    let present = ["video", "audio"].filter { names.contains("\($0).widen.weight") }
    guard let first = present.first else { throw .notThisModel("it has neither video nor audio") }
    let width = try shape("\(shared(first)).widen.weight", 2)[0]
    let bottleneck = try names.contains("\(first).narrow.weight") ? shape("\(first).narrow.weight", 2)[0] : nil
    func encoder(_ name: String, steps: Int) throws(WeightError) -> ModalityEncoder? {
      guard present.contains(name) else { return nil }
      for family in families {
        let modality = name == "video" ? Modality.video : .audio
        if let sizes = try family.encoder(modality, in: store, under: "\(name).encoder.") {
          return .pretrained(AnyEncoderSizes(sizes), isFrozen: false)
        }
      }
      guard names.contains("\(name).encoder.stem.weight") else {
        return .features(
          width: try shape("\(name).\(bottleneck == nil ? "widen" : "narrow").weight", 2)[1], steps: steps)
      }
      var channels = [try shape("\(name).encoder.stem.weight", 2)[0]]
      while names.contains("\(name).encoder.stages.\(channels.count - 1).narrowing.weight") {
        channels.append(try shape("\(name).encoder.stages.\(channels.count - 1).narrowing.weight", 4)[0])
      }
      return .light(channels: channels)
    }
    let video = try encoder("video", steps: Self.publishedSteps.video)
    let audio = try encoder("audio", steps: Self.publishedSteps.audio)
    let block = ["\(first).blocks.0", "\(shared(first)).blocks.0"].first { names.contains("\($0).norm.weight") }
    guard let block else { throw .notThisModel("it has no conformer blocks") }
    self.init(
      width: width, attentionHeads: try shape("\(block).attention.content_bias", 2)[0], video: video, audio: audio)
    self.blocks = blocks(first)
    sharedBlocks = blocks(shared(first))
    taps = try shape("\(block).convolution.depthwise.weight", 3)[2]
    self.bottleneck = bottleneck
    self.shares = shares
    let head = present.count == 2 ? "both" : first
    func outputs(_ name: String) throws(WeightError) -> Int {
      names.contains("heads.\(name).output.weight") ? try shape("heads.\(name).output.weight", 2)[0] : 0
    }
    classes = try outputs(head)
    readsActions = names.contains("heads.video\(Self.actions).output.weight")
    attributes = try outputs(readsActions ? "video" + Self.actions : head + "_attributes")
    reconstructs = names.contains("reconstruction.\(first).output.weight")
    if let problem { throw .notThisModel("its width, \(width), \(problem)") }
  }
}

extension WeightError {
  /// Names and shapes from which no sizes of a VAVL follow.
  static func notThisModel(_ reason: String) -> WeightError { .notThisModel(VAVLArchitecture().title, reason) }
}
