/// One window of a session, ready for a model: what there is of each modality, and what is missing.
public struct Window<Crop: Sendable>: Sendable {
  /// k, the position in the schedule.
  public var index: Int
  public var start: Instant
  /// start + 2.56 s, or the end of a recording that is shorter than a window.
  public var end: Instant
  /// Whose faces the window shows, the one in front first; empty: nobody's.
  public var people: [Person]
  public var video: Video
  public var audio: Audio

  public init(index: Int, start: Instant, end: Instant, people: [Person], video: Video, audio: Audio) {
    (self.index, self.start, self.end) = (index, start, end)
    (self.people, self.video, self.audio) = (people, video, audio)
  }

  /// One person in the window.
  public struct Person: Sendable {
    /// As at the newest slot with the person's face.
    public var face: FollowedFace
    /// 16 crops, oldest first, all of this person; nil if too few slots have the person's face
    /// (``WindowEvidence/remainingSlots``, 12 unless told). A slot without it repeats the crop before it (the first ones, the crop after).
    public var crops: [Crop]?
    /// The frames that ``crops`` are of, one for each; empty where nobody knows.
    public var frames: [FrameMark] = []
    /// Slots with the person's face, 1 to 16.
    public var slots: Int
    /// Whether they are enough for the person's video to come into use, not only to stay in use.
    public var isAmple: Bool
    /// Whether the newest slot has the person's face, and does not repeat an older one.
    public var isInNewestSlot = true
    /// The earlier window whose crops these are; nil: they are this one's.
    public var reusedFrom: Int?

    public init(face: FollowedFace, crops: [Crop]?, slots: Int) {
      (self.face, self.crops, self.slots, isAmple) = (face, crops, slots, crops != nil)
    }
  }

  /// What there is of the picture, whoever is in it.
  public struct Video: Sendable, Hashable {
    /// Slots that a frame fell into, 0 to 16.
    public var frames: Int
    /// Frames known to be lost within the window.
    public var dropped: Int

    public init(frames: Int, dropped: Int) { (self.frames, self.dropped) = (frames, dropped) }
  }

  /// What there is of the sound.
  public struct Audio: Sendable {
    /// 256 × 128 log-mel values, row-major (time, mel), not normalised; nil if too few of the samples exist
    /// (``WindowEvidence/remainingCoverage``, 90 % unless told).
    public var spectrogram: [Float]?
    /// The share of the window's samples that exist, 0 to 1.
    public var coverage: Double
    /// Level of the existing samples in dB relative to full scale (a full-scale square wave is 0); nil without samples.
    public var level: Double?
    /// Whether the samples are enough for the audio to come into use, not only to stay in use.
    public var isAmple: Bool
    /// Whether there is enough sound, but nothing to hear in it (``Silence``).
    public var isSilent = false
    /// The position of the spectrogram's first sample at 16 kHz, and how many of its rows have all of their samples, so
    /// that other windows have the same ones.
    public var firstSample = 0
    public var finalRows = 0

    public init(spectrogram: [Float]?, coverage: Double, level: Double?) {
      (self.spectrogram, self.coverage, self.level, isAmple) = (spectrogram, coverage, level, spectrogram != nil)
    }
  }
}
