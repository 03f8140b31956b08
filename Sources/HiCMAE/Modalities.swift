/// Which senses a model has.
public enum Modalities: String, Codable, Hashable, Sendable, CaseIterable {
  case audioVideo = "av"
  case audio = "a"
  case video = "v"

  public var hasVideo: Bool { self != .audio }
  public var hasAudio: Bool { self != .video }
}

extension Configuration {
  /// Depth 0 of a sense means that the model does not have it.
  public var hasVideo: Bool { videoDepth > 0 }
  public var hasAudio: Bool { audioDepth > 0 }

  public var modalities: Modalities { hasVideo && hasAudio ? .audioVideo : hasAudio ? .audio : .video }

  /// The same sizes with these senses only; without both there is no fusion.
  ///
  /// - Precondition: The sizes have them.
  public func keeping(_ modalities: Modalities) -> Configuration {
    precondition(hasVideo || !modalities.hasVideo, "there is no picture to keep")
    precondition(hasAudio || !modalities.hasAudio, "there is no sound to keep")
    var kept = self
    if !modalities.hasVideo { (kept.videoDepth, kept.fusionDepth) = (0, 0) }
    if !modalities.hasAudio { (kept.audioDepth, kept.fusionDepth) = (0, 0) }
    return kept
  }

  /// Values of a window's feature, which the head reads: those of both senses before and after fusion, or of one sense.
  public var featureWidth: Int { hasVideo && hasAudio ? 4 * dim : dim }

  /// Encoder layers that every sense has.
  var sharedDepth: Int { hasVideo && hasAudio ? min(videoDepth, audioDepth) : max(videoDepth, audioDepth) }
}
