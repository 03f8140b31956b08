internal import Files
public import Recognition

/// Takes the lines of one stream, in their order: a file, a figure, sockets, a meter.
///
/// Whoever sends a stream keeps a list of these. An event is encoded once for all of them, when the first one wants it.
public protocol StreamOutput: AnyObject {
  /// Takes the next event.
  /// - Parameters:
  ///   - event: what the stream said.
  ///   - line: gives the event as a line of JSON, the same for every output.
  /// - Throws: what ends the stream at once, such as a reader that has closed the pipe.
  func receive(_ event: StreamEvent, _ line: () -> StreamLine) throws
}

/// An output of a live session. It has a queue of its own with a limit, so that whoever speaks never waits for its reader.
public protocol LiveOutput: StreamOutput, Sendable {
  /// Takes the next event. Never waits and never fails: what does not fit into the output's queue is lost and counted there.
  /// - Parameters:
  ///   - event: what the stream said.
  ///   - line: gives the event as a line of JSON, the same for every output.
  func receive(_ event: StreamEvent, _ line: () -> StreamLine)

  /// The stream is over. Readers get a moment to take what waits. To be called once, by the owner.
  /// - Throws: where what waited could not be written.
  func finish() throws
}

extension Array where Element == any StreamOutput {
  /// Gives the event to every output, in the list's order, and encodes it once at most.
  /// - Throws: what the first output that fails throws; those behind it do not get the event.
  public func receive(_ event: StreamEvent) throws {
    var encoded: StreamLine?
    for output in self { try output.receive(event) { encoded.made(of: event) } }
  }
}

extension Array where Element == any LiveOutput {
  /// Gives the event to every output, in the list's order, and encodes it once at most. Never waits.
  public func receive(_ event: StreamEvent) {
    var encoded: StreamLine?
    for output in self { output.receive(event) { encoded.made(of: event) } }
  }
}

extension StreamLine? {
  /// The event's line, which is encoded where it has not been yet.
  fileprivate mutating func made(of event: StreamEvent) -> StreamLine {
    if let line = self { return line }
    let line = StreamLine(event)
    self = line
    return line
  }
}
