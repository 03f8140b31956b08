public import Layers
public import Tensor

extension Configuration {
  /// The sizes that a checkpoint's names and shapes imply; a modality whose encoder is not there is absent. Shapes that
  /// nothing is inferred from are checked on loading.
  /// - Throws: `WeightError` saying what does not add up.
  public init(inferredFrom store: any TensorStore) throws(WeightError) {
    func shape(_ name: String) throws(WeightError) -> [Int] {
      guard let shape = store.shape(of: name) else { throw .notThisModel("there is no \(name)") }
      return shape
    }
    let names = store.names
    let hasAudio = names.contains { $0.hasPrefix("encoder_audio.") }
    // What has neither modality is told that it lacks the usual one.
    let hasVideo = !hasAudio || names.contains { $0.hasPrefix("encoder.") }
    let (encoder, kernel) =
      hasVideo
      ? ("encoder", [3, Self.tubelet, Self.patch, Self.patch]) : ("encoder_audio", [1, Self.patch, Self.patch])
    let patches = try shape("\(encoder).patch_embed.proj.weight")
    guard patches.count == kernel.count + 1, Array(patches.dropFirst()) == kernel else {
      let expected = kernel.map(String.init).joined(separator: ", ")
      throw .notThisModel("\(encoder).patch_embed.proj.weight is \(patches), expected [dim, \(expected)]")
    }
    dim = patches[0]
    guard dim > 0 && dim % Self.headWidth == 0 else {
      throw .notThisModel("its width is \(dim), which is not a multiple of \(Self.headWidth), the width of a head")
    }
    videoDepth = hasVideo ? try Self.depth(of: "encoder.blocks.", in: names) : 0
    audioDepth = hasAudio ? try Self.depth(of: "encoder_audio.blocks.", in: names) : 0
    // Fusion that one modality alone comes with is an error that loading names.
    let both = hasVideo && hasAudio
    fusionDepth = both ? try Self.depth(of: "encoder_fusion.blocks.", in: names) : 0
    let audioFusion = both ? try Self.depth(of: "encoder_fusion.blocks_audio.", in: names) : 0
    guard fusionDepth == audioFusion else {
      throw .notThisModel("its fusion has \(fusionDepth) video blocks and \(audioFusion) audio blocks")
    }
    if let head = store.shape(of: "head.weight") {
      guard head.count == 2, head[0] > 0 else { throw .notThisModel("head.weight is \(head)") }
      outputs = head[0]
      // One of them alone is an error that loading names.
      layerFusion =
        store.shape(of: "video_layer_weights") != nil || store.shape(of: "audio_layer_weights") != nil
      absentTokens = both && names.contains { $0.hasPrefix("absent.") }
    } else {
      outputs = 0
    }
  }

  /// How many blocks follow `prefix`: their numbers must run from 0 without a gap.
  static func depth(of prefix: String, in names: [String]) throws(WeightError) -> Int {
    var numbers: Set<Int> = []
    for name in names where name.hasPrefix(prefix) {
      let digits = name.dropFirst(prefix.count).prefix { $0 != "." }
      guard let number = Int(digits), number >= 0, String(number) == digits else {
        throw .notThisModel("\(name) has no block number")
      }
      numbers.insert(number)
    }
    guard let last = numbers.max() else { throw .notThisModel("there are no \(prefix)*") }
    guard last == numbers.count - 1 else {
      // Few enough to look for one by one: the numbers are as many as the names at most.
      let gap = (0..<numbers.count).first { !numbers.contains($0) } ?? 0
      throw .notThisModel("there is \(prefix)\(last) but no \(prefix)\(gap)")
    }
    return numbers.count
  }
}
