/// What a picture track is like; sizes are upright.
public struct VideoInfo: Hashable, Sendable {
  public var width, height: Int
  /// The container's mean; nil if it does not say.
  public var frameRate: Double?
  /// Clockwise degrees by which the stored pixels are turned: 0, 90, 180 or 270.
  public var rotation: Int
  public var codec: String
  /// Which of the tracks of its kind it is, from 1.
  public var track = 1
  /// All of them, where there are several; else empty.
  public var tracks: [TrackLabel] = []

  public init(width: Int, height: Int, frameRate: Double?, rotation: Int, codec: String) {
    (self.width, self.height, self.frameRate) = (width, height, frameRate)
    (self.rotation, self.codec) = (rotation, codec)
  }
}

/// What a sound track is like in its file.
public struct AudioInfo: Hashable, Sendable {
  public var sampleRate, channels: Int
  public var codec: String
  /// Which of the tracks of its kind it is, from 1.
  public var track = 1
  /// All of them, where there are several; else empty.
  public var tracks: [TrackLabel] = []

  public init(sampleRate: Int, channels: Int, codec: String) {
    (self.sampleRate, self.channels, self.codec) = (sampleRate, channels, codec)
  }
}
