public import HiCMAE
public import Training

extension UpdateRule {
  /// Pre-training: one rate; no decay of vectors, biases and `mask_token`. The published recipe forgot
  /// `mask_token_audio`, which therefore decays.
  public static func pretraining(_ entry: ParameterSet.Entry) -> UpdateRule {
    UpdateRule(rateFactor: 1, decays: !isVector(entry) && entry.name != "mask_token")
  }

  /// Fine-tuning: no decay of vectors and biases; the rate falls by `layerDecay` for every layer below the head.
  public static func fineTuning(
    _ entry: ParameterSet.Entry, _ configuration: Configuration, layerDecay: Double = 0.75
  ) -> UpdateRule {
    let below = lastLayer(configuration) - layer(entry.name, configuration)
    let factor = (0..<below).reduce(1.0) { product, _ in product * layerDecay }
    return UpdateRule(rateFactor: factor, decays: !isVector(entry))
  }

  private static func isVector(_ entry: ParameterSet.Entry) -> Bool {
    entry.shape.count == 1 || entry.name.hasSuffix(".bias")
  }

  /// The head's layer.
  static func lastLayer(_ configuration: Configuration) -> Int {
    encoderDepth(configuration) + configuration.fusionDepth + 1
  }

  private static func encoderDepth(_ configuration: Configuration) -> Int {
    max(configuration.videoDepth, configuration.audioDepth)
  }

  /// Patch embeddings are layer 0, encoder block i is i + 1, fusion blocks follow, and all else is with the head.
  static func layer(_ name: String, _ configuration: Configuration) -> Int {
    let parts = name.split(separator: ".")
    guard let room = parts.first, parts.count > 2 else { return lastLayer(configuration) }
    let isEncoder = room == "encoder" || room == "encoder_audio"
    if isEncoder && parts[1] == "patch_embed" { return 0 }
    guard parts[1] == "blocks" || parts[1] == "blocks_audio", let block = Int(parts[2]) else {
      return lastLayer(configuration)
    }
    if isEncoder { return block + 1 }
    return room == "encoder_fusion" ? encoderDepth(configuration) + block + 1 : lastLayer(configuration)
  }
}
