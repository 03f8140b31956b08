public import Networks

extension Configuration {
  /// Depth 0 of a modality means that the model does not have it.
  public var hasVideo: Bool { videoDepth > 0 }
  public var hasAudio: Bool { audioDepth > 0 }

  public var modalities: Modalities { Modalities(video: hasVideo, audio: hasAudio) }

  /// The same sizes with these modalities only; without both there is no fusion.
  ///
  /// - Precondition: The sizes have them.
  public func keeping(_ modalities: Modalities) -> Configuration {
    precondition(hasVideo || !modalities.hasVideo, "there is no picture to keep")
    precondition(hasAudio || !modalities.hasAudio, "there is no sound to keep")
    var kept = self
    if !modalities.hasVideo { (kept.videoDepth, kept.fusionDepth) = (0, 0) }
    if !modalities.hasAudio { (kept.audioDepth, kept.fusionDepth) = (0, 0) }
    if modalities != .audioVideo { kept.absentTokens = false }
    return kept
  }

  /// Values of a window's feature, which the head reads: those of both modalities before and after fusion, or
  /// of one alone.
  public var featureWidth: Int { hasVideo && hasAudio ? 4 * dim : dim }

  /// Encoder layers that every modality has.
  var sharedDepth: Int { hasVideo && hasAudio ? min(videoDepth, audioDepth) : max(videoDepth, audioDepth) }
}
