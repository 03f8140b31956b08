internal import Layers
public import Networks
public import Tensor

extension Pretraining: FeatureExtractor {
  public var width: Int { configuration.backbone.dim }

  /// Of one clip, nothing hidden.
  ///
  /// - Parameters:
  ///   - video: (1, 3·16·160·160). A modality that the model does not have is not looked at and may be nil.
  ///   - audio: (1, 256·128); likewise.
  ///   - operations: does the work.
  public func features(video: Matrix?, audio: Matrix?, _ operations: Operations) -> ClipFeatures {
    func layers(_ stack: EncoderStack, _ x: Matrix) -> (last: Matrix, means: Matrix) {
      let means = operations.matrix(rows: stack.blocks.count, columns: configuration.backbone.dim)
      return (stack(x, only: nil, means: means, dropping: nil, operations) { _, _ in }, means)
    }
    func mean(_ means: Matrix, _ layer: Int) -> [Float] { means.rows(layer - 1..<layer).array }
    let seen = backbone.video.map { layers($0, given(video, "pictures", 1)) }
    let heard = backbone.audio.map { layers($0, given(audio, "sounds", 1)) }
    var result = ClipFeatures(
      video: seen.map { mean($0.means, $0.means.rows) }, audio: heard.map { mean($0.means, $0.means.rows) }, levels: [])
    guard let fusion = backbone.fusion, let seen, let heard else { return result }
    let fused = fusion(video: seen.last, audio: heard.last, batch: 1, operations)
    result.fusedVideo = operations.meanOverTokens(fused.video, batch: 1).array
    result.fusedAudio = operations.meanOverTokens(fused.audio, batch: 1).array
    result.levels = configuration.layers.map {
      .init(layer: $0, video: mean(seen.means, $0), audio: mean(heard.means, $0))
    }
    return result
  }
}

extension HiCMAEModel: FeatureExtractor {
  public var width: Int { configuration.dim }

  /// Of one clip, as ``callAsFunction(video:audio:dropping:pruning:encoded:_:into:tap:)`` sees it on the way to its answer.
  ///
  /// - Parameters:
  ///   - video: (1, 3·16·160·160). A modality that the model does not have is not looked at and may be nil.
  ///   - audio: (1, 256·128); likewise.
  ///   - operations: does the work.
  public func features(video: Matrix?, audio: Matrix?, _ operations: Operations) -> ClipFeatures {
    var result = ClipFeatures(levels: [])
    var (seen, heard) = ([Float](), [Float]())
    let dim = configuration.dim
    let logits = operations.matrix(rows: 1, columns: configuration.outputs)
    func part(_ values: Matrix, _ place: Int) -> [Float] { values.columns(place * dim..<(place + 1) * dim).array }
    self(video: video, audio: audio, operations, into: logits) { stage, values in
      switch stage {
      case .videoLayer(configuration.videoDepth - 1): seen = operations.meanOverTokens(values, batch: 1).array
      case .audioLayer(configuration.audioDepth - 1): heard = operations.meanOverTokens(values, batch: 1).array
      case .parts:
        if configuration.hasVideo { result.video = part(values, 0) }
        if configuration.hasAudio { result.audio = part(values, configuration.hasVideo ? 1 : 0) }
        if backbone.fusion != nil { (result.fusedVideo, result.fusedAudio) = (part(values, 2), part(values, 3)) }
      case .feature: result.head = values.array
      case .videoLayer, .audioLayer, .fusedVideo, .fusedAudio: break
      }
    }
    if backbone.fusion != nil {
      result.levels = [.init(layer: configuration.videoDepth, video: seen, audio: heard)]
    }
    return result
  }
}
