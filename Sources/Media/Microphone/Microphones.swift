internal import Threading

/// What can be listened to.
public enum Microphones {
  /// The server's sources, in its order. Opens no stream.
  ///
  /// - Parameters:
  ///   - server: its address as in PULSE_SERVER; nil: the user's own.
  ///   - limit: seconds to wait for an answer.
  /// - Throws: `MediaError` of kind `.noInput` if no server answers, `.noPermission` if it refuses.
  public static func list(server: String? = nil, limit: Double = 3) throws -> [MicrophoneInfo] {
    let answer = Answer()
    let connection = PulseConnection(
      server: server, sources: { answer.give(.success($0)) }, ended: { answer.give(.failure($0)) })
    defer { connection.close() }
    connection.start()
    return try answer.wait(until: MonotonicClock.now() + Int64(limit * 1e9))
  }

  /// The first answer that libpulse's thread gives.
  private final class Answer: @unchecked Sendable {
    // @unchecked because `result` is touched only while the condition is locked.
    private let condition = Condition()
    private var result: Result<[MicrophoneInfo], MediaError>?

    func give(_ new: Result<[MicrophoneInfo], MediaError>) {
      condition.locked {
        if result == nil { result = new }
        condition.wakeAll()
      }
    }

    func wait(until deadline: Int64) throws -> [MicrophoneInfo] {
      try condition.locked {
        while result == nil, condition.wait(until: deadline) {}
        return try (result ?? .failure(.silentServer("ask the sound server for its sources"))).get()
      }
    }
  }
}
