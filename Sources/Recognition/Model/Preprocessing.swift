public import Signal

/// How picture and sound become a model's inputs; written into its folder, so that training, replay and live agree.
public struct Preprocessing: Hashable, Sendable, Codable {
  /// Where the face lies in the square crop.
  public var faceFraming = FaceFraming()
  public var video = Video()
  public var spectrogram = Spectrogram()

  public init() {}

  /// Frames of a window: RGB / 255, minus `mean`, over `std`.
  public struct Video: Hashable, Sendable, Codable {
    public var mean = [0.485, 0.456, 0.406]
    public var std = [0.229, 0.224, 0.225]
    /// Frames of a window.
    public var frames = 16
    /// Seconds between them, when sampling by time.
    public var frameInterval = 0.16
    /// Frames of the source from one to the next, when sampling by index (published evaluation, 25 a second).
    public var samplingRate = 4

    public init() {}
  }

  /// Kaldi log-mel rows of a window: (x − mean) / (2 · std).
  public struct Spectrogram: Hashable, Sendable, Codable {
    public var sampleRate = 16_000
    public var rows = 256
    public var melBins = 128
    public var windowMs = 25.0
    public var shiftMs = 10.0
    public var lowHz = 20.0
    public var highHz = 8000.0
    public var mean = -4.2677393
    public var std = 4.5689974

    public init() {}
  }

  /// What this version cannot do, as (key, why), or nil: sizes are fixed by the architecture and its filter bank.
  var problem: (key: String, reason: String)? {
    let (known, spectrogramKnown) = (Video(), Spectrogram())
    func fixed<Value: Equatable>(_ key: String, _ value: Value, _ supported: Value) -> (key: String, reason: String)? {
      value == supported ? nil : (key, "is \(value), but this version works with \(supported)")
    }
    func positive(_ key: String, _ values: [Double], count: Int) -> (key: String, reason: String)? {
      values.count == count && values.allSatisfy { $0 > 0 && $0.isFinite }
        ? nil : (key, "must be \(count) positive numbers")
    }
    let framing = faceFraming
    let eyes = [framing.leftEye, framing.rightEye]
    if !eyes.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0...1).contains($0) } })
      || framing.leftEye[0] >= framing.rightEye[0]
    {
      return ("face_framing", "must have eyes as two fractions of the side, the left one left of the right one")
    }
    return fixed("face_framing.size", framing.size, FaceFraming().size)
      ?? positive("face_framing.box_side", [framing.boxSide], count: 1)
      ?? (video.mean.count == 3 ? nil : ("video.mean", "must be 3 numbers"))
      ?? positive("video.std", video.std, count: 3)
      ?? fixed("video.frames", video.frames, known.frames)
      ?? fixed("video.frame_interval", video.frameInterval, known.frameInterval)
      ?? (video.samplingRate > 0 ? nil : ("video.sampling_rate", "must be positive"))
      ?? fixed("spectrogram.sample_rate", spectrogram.sampleRate, spectrogramKnown.sampleRate)
      ?? fixed("spectrogram.rows", spectrogram.rows, spectrogramKnown.rows)
      ?? fixed("spectrogram.mel_bins", spectrogram.melBins, spectrogramKnown.melBins)
      ?? fixed("spectrogram.window_ms", spectrogram.windowMs, spectrogramKnown.windowMs)
      ?? fixed("spectrogram.shift_ms", spectrogram.shiftMs, spectrogramKnown.shiftMs)
      ?? fixed("spectrogram.low_hz", spectrogram.lowHz, spectrogramKnown.lowHz)
      ?? fixed("spectrogram.high_hz", spectrogram.highHz, spectrogramKnown.highHz)
      ?? positive("spectrogram.std", [spectrogram.std], count: 1)
  }
}
