/// A sound source of the server: a microphone, or the monitor of an output.
public struct MicrophoneInfo: Hashable, Sendable {
  /// The server's own name for it, which stays the same when it is unplugged and comes back.
  public var name: String
  /// For people.
  public var description: String
  /// As the device runs; what is delivered is 16 kHz mono.
  public var rate, channels: Int
  /// It hears what an output of this machine plays, not the room.
  public var isMonitor: Bool
  public var isDefault: Bool

  public init(name: String, description: String, rate: Int, channels: Int, isMonitor: Bool, isDefault: Bool) {
    (self.name, self.description, self.rate, self.channels) = (name, description, rate, channels)
    (self.isMonitor, self.isDefault) = (isMonitor, isDefault)
  }
}
