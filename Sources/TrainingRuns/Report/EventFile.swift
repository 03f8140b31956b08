internal import Files
internal import Glibc

/// A TensorBoard event file in a run folder, `events.out.tfevents.<seconds>.<host>.<process>`: one for every process that
/// works on the run.
///
/// Only whole records ever reach the file: what a full disk cut is taken back, and waits for the next `flush`.
/// Not for use from two threads at once.
public final class EventFile {
  public let path: String
  private let labels, attributes: [String]
  private let descriptor: Int32
  private var waiting: [UInt8] = []
  /// Events wait until there are so many bytes of them.
  private static let enough = 1 << 16

  /// - Parameters:
  ///   - folder: the run's.
  ///   - host: the machine's name; part of the file's name.
  ///   - started: seconds since 1970 in UTC.
  ///   - process: the process id; part of the file's name.
  ///   - labels: names of the model's outputs, for the names of curves.
  ///   - attributes: names of those that have a CCC; nil: all outputs.
  /// - Throws: `FileError` of kind `cannotWrite`.
  public init(
    folder: String, host: String, started: Double, process: Int32, labels: [String], attributes: [String]? = nil
  ) throws {
    let seconds = "\(Int64(started))"
    let name = String(host.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") ? $0 : "_" })
    let padding = String(repeating: "0", count: max(0, 10 - seconds.count))
    path = "\(folder)/events.out.tfevents.\(padding)\(seconds).\(name).\(process)"
    (self.labels, self.attributes) = (labels, attributes ?? labels)
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError.system("be written", path: path, .cannotWrite) }
    waiting = TensorEvent(time: started, step: 0, content: .version).record
  }

  deinit { close(descriptor) }

  /// Curves get a point; `resumed` makes TensorBoard drop the later points of earlier files. Other records do nothing.
  /// - Parameters:
  ///   - record: what the run's log says.
  ///   - time: seconds since 1970 in UTC.
  /// - Throws: `FileError` of kind `cannotWrite`; the event is kept for the next try.
  public func append(_ record: RunRecord, time: Double) throws {
    if case .resumed(let resumed) = record {
      waiting += TensorEvent(time: time, step: resumed.step, content: .start).record
    } else if let scalars = RunScalars(record, labels: labels, attributes: attributes), !scalars.values.isEmpty {
      waiting += TensorEvent(time: time, step: scalars.step, content: .scalars(scalars.values)).record
    }
    if waiting.count >= Self.enough { try flush() }
  }

  /// Hands all events to the system; readers see them from now on.
  /// - Throws: `FileError` of kind `cannotWrite`; the events are kept for the next try.
  public func flush() throws {
    let end = lseek(descriptor, 0, SEEK_END)
    var sent = 0
    while sent < waiting.count {
      let count = waiting.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent) }
      if count < 0 {
        if errno == EINTR { continue }
        let error = FileError.system("be written", path: path, .cannotWrite)
        if end >= 0 { ftruncate(descriptor, end) }
        throw error
      }
      sent += count
    }
    waiting.removeAll(keepingCapacity: true)
  }
}
