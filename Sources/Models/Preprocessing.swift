internal import Networks
public import Signal

/// How video and audio become a model's inputs; written into its folder, so that training, replay and live agree.
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

  /// The numbers that scale inputs.
  public var normalisation: InputNormalisation {
    var scale = InputNormalisation()
    scale.mean = video.mean.map { Float($0) }
    scale.deviation = video.std.map { Float($0) }
    scale.spectrogramMean = Float(spectrogram.mean)
    scale.spectrogramDeviation = Float(spectrogram.std)
    return scale
  }

  /// What becomes of a window: the same for every model of this version.
  var inputs: InputShapes {
    InputShapes(
      video: .pictures(frames: video.frames, side: faceFraming.size),
      audio: .spectrogram(rows: spectrogram.rows, bins: spectrogram.melBins))
  }

  /// Why a network cannot be given what is made of a window; nil: it can, or it reads features from files.
  func mismatch(with wanted: InputShapes) -> String? {
    if wanted.areFeatures { return nil }
    for (name, taken, made) in [("video", wanted.video, inputs.video), ("audio", wanted.audio, inputs.audio)] {
      guard let taken, let made, taken != made else { continue }
      return "it takes \(taken) as \(name), but this version makes \(made)"
    }
    return nil
  }

  /// What this version cannot do, as (key, why), or nil: sizes are fixed by the architecture and its filter bank.
  package var problem: (key: String, reason: String)? {
    var check = Check()
    check.eyes(faceFraming)
    check.fixed("face_framing.size", faceFraming.size, FaceFraming().size)
    check.require((0.1...10).contains(faceFraming.boxSide), "face_framing.box_side", "must be from 0.1 to 10")
    check.require(
      [faceFraming.boxLeft, faceFraming.boxTop].allSatisfy { (-10...10).contains($0) }, "face_framing.box_left",
      "must be from -10 to 10, as must box_top")
    let knownVideo = Video()
    check.require(
      video.mean.count == 3 && video.mean.allSatisfy { abs($0) < 1e6 }, "video.mean",
      "must be 3 numbers below a million")
    check.require(abs(spectrogram.mean) < 1e6, "spectrogram.mean", "must be a number below a million")
    check.positive("video.std", video.std, count: 3)
    check.fixed("video.frames", video.frames, knownVideo.frames)
    check.fixed("video.frame_interval", video.frameInterval, knownVideo.frameInterval)
    check.require(video.samplingRate > 0, "video.sampling_rate", "must be positive")
    let known = Spectrogram()
    check.fixed("spectrogram.sample_rate", spectrogram.sampleRate, known.sampleRate)
    check.fixed("spectrogram.rows", spectrogram.rows, known.rows)
    check.fixed("spectrogram.mel_bins", spectrogram.melBins, known.melBins)
    check.fixed("spectrogram.window_ms", spectrogram.windowMs, known.windowMs)
    check.fixed("spectrogram.shift_ms", spectrogram.shiftMs, known.shiftMs)
    check.fixed("spectrogram.low_hz", spectrogram.lowHz, known.lowHz)
    check.fixed("spectrogram.high_hz", spectrogram.highHz, known.highHz)
    check.positive("spectrogram.std", [spectrogram.std], count: 1)
    return check.first
  }

  /// Remembers the first thing that is wrong.
  private struct Check {
    var first: (key: String, reason: String)?

    mutating func require(_ holds: Bool, _ key: String, _ reason: String) {
      if first == nil, !holds { first = (key, reason) }
    }

    mutating func fixed<Value: Equatable>(_ key: String, _ value: Value, _ supported: Value) {
      require(value == supported, key, "is \(value), but this version works with \(supported)")
    }

    mutating func positive(_ key: String, _ values: [Double], count: Int) {
      require(
        values.count == count && values.allSatisfy { (1e-6...1e6).contains($0) }, key,
        "must be \(count) positive numbers, from a millionth to a million")
    }

    mutating func eyes(_ framing: FaceFraming) {
      let eyes = [framing.leftEye, framing.rightEye]
      let fractions = eyes.allSatisfy { $0.count == 2 && $0.allSatisfy { (0...1).contains($0) } }
      require(
        fractions && eyes[0][0] < eyes[1][0], "face_framing",
        "must have eyes as two fractions of the side, the left one left of the right one")
    }
  }
}
