/// What is asked of a camera.
public struct CameraRequest: Hashable, Sendable {
  /// Pixels; the nearest size that is not smaller is taken, if there is one.
  public var width, height: Int
  /// Frames a second.
  public var rate: Double
  /// Whether the session is recorded: a camera's own JPEGs are stored as they come, raw frames must be encoded.
  public var isRecorded: Bool
  /// Of a file that plays a camera: whether it begins again at its end.
  public var loops: Bool
  /// Of a file that plays a camera: monotonic nanoseconds of its time 0; nil: its first frame comes at once.
  public var start: Int64?
  /// Likewise: which of several pictures; nil: the default one.
  public var track: TrackChoice?

  public init(
    width: Int = 640, height: Int = 480, rate: Double = 30, isRecorded: Bool = false, loops: Bool = false,
    start: Int64? = nil
  ) {
    (self.width, self.height, self.rate) = (width, height, rate)
    (self.isRecorded, self.loops, self.start) = (isRecorded, loops, start)
  }
}

/// How a camera runs, or is to run.
public struct CameraMode: Hashable, Sendable {
  public var format: CapturedFrame.Format
  /// The device's four characters for `format`.
  public var code: String
  /// Pixels.
  public var width, height: Int
  /// Frames a second that the camera promises; nil: it does not say.
  public var rate: Double?

  public init(format: CapturedFrame.Format, code: String, width: Int, height: Int, rate: Double?) {
    (self.format, self.code, self.width, self.height, self.rate) = (format, code, width, height, rate)
  }

  /// The best of what a camera offers; nil if it has none of JPEG, YUYV and NV12.
  ///
  /// First the size: the smallest that is at least the wanted one, else the largest. Then the rate: the lowest that
  /// reaches the wanted one, else the highest. Then what it costs (`cost`).
  public static func choose(from formats: [CameraFormat], for request: CameraRequest) -> CameraMode? {
    var best: (mode: CameraMode, rank: [Double])?
    for format in formats {
      guard let captured = format.captured else { continue }
      for size in format.sizes where size.width > 0 && size.height > 0 {
        // A rate of 29.97 reaches 30.
        let reaching = size.rates.last { $0 >= 0.99 * request.rate }
        let mode = CameraMode(
          format: captured, code: format.code, width: size.width, height: size.height,
          rate: reaching ?? size.rates.first)
        let rank = rank(of: mode, reaches: reaching != nil, for: request)
        // The first of equals: what a driver names first it does best.
        if best.map({ rank.lexicographicallyPrecedes($0.rank) }) ?? true { best = (mode, rank) }
      }
    }
    return best?.mode
  }

  /// Smaller is better, the first that differs decides.
  private static func rank(of mode: CameraMode, reaches: Bool, for request: CameraRequest) -> [Double] {
    let pixels = Double(mode.width) * Double(mode.height)
    let isLarge = mode.width >= request.width && mode.height >= request.height
    let rate = mode.rate ?? 0
    return [
      isLarge ? 0 : 1, isLarge ? pixels : -pixels,
      reaches ? 0 : 1, reaches ? rate : -rate,
      cost(mode.format, isRecorded: request.isRecorded),
    ]
  }

  /// What a frame costs, in units of a YUYV frame moved.
  ///
  /// A raw frame is copied, a JPEG decoded, for about ten times the work (640 × 480: 0.09 ms and 0.6 ms or more), and
  /// raw pixels have no JPEG blocks in them. In a recording it is the other way round: a JPEG goes to the file as it
  /// is, and a raw frame must be encoded without loss (FFV1: 9 ms, and 300 kB instead of 20 to 50 kB).
  private static func cost(_ format: CapturedFrame.Format, isRecorded: Bool) -> Double {
    switch format {
    case .nv12: isRecorded ? 75 : 0.3
    case .yuyv: isRecorded ? 100 : 1
    case .jpeg: 10
    }
  }
}
