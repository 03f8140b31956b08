/// One window of a session, ready for a model: what there is of each modality, and what is missing.
public struct Window<Crop: Sendable>: Sendable {
  /// k, the position in the schedule.
  public var index: Int
  public var start: Instant
  /// start + 2.56 s, or the end of a recording that is shorter than a window.
  public var end: Instant
  public var video: Video
  public var audio: Audio

  public init(index: Int, start: Instant, end: Instant, video: Video, audio: Audio) {
    (self.index, self.start, self.end, self.video, self.audio) = (index, start, end, video, audio)
  }

  /// The picture's part.
  public struct Video: Sendable {
    /// 16 crops, oldest first, all of one person; nil if fewer than 12 slots had that person's face.
    /// A slot without a face repeats the crop before it (the first ones, the crop after).
    public var crops: [Crop]?
    /// Slots that a frame fell into, 0 to 16.
    public var frames: Int
    /// Slots with the face of the person in this window, 0 to 16.
    public var faces: Int
    /// The person, as at the newest slot with a face.
    public var face: FollowedFace?
    /// Frames known to be lost within the window.
    public var dropped: Int
    /// The earlier window whose crops these are; nil: they are this one's.
    public var heldFrom: Int?

    public init(crops: [Crop]?, frames: Int, faces: Int, face: FollowedFace?, dropped: Int) {
      (self.crops, self.frames, self.faces, self.face, self.dropped) = (crops, frames, faces, face, dropped)
    }
  }

  /// The sound's part.
  public struct Audio: Sendable {
    /// 256 × 128 log-mel values, row-major (time, mel), not normalised; nil if under 90 % of the samples exist.
    public var spectrogram: [Float]?
    /// The share of the window's samples that exist, 0 to 1.
    public var coverage: Double
    /// Level of the existing samples in dB relative to full scale (a full-scale square wave is 0); nil without samples.
    public var level: Double?

    public init(spectrogram: [Float]?, coverage: Double, level: Double?) {
      (self.spectrogram, self.coverage, self.level) = (spectrogram, coverage, level)
    }
  }
}
