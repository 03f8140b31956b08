internal import CFFmpeg

/// The packets of each track, pulled independently of each other, in bounded memory.
///
/// A container interleaves its tracks; what is read on the way to one track waits in the other's queue. A queue holds
/// `capacity` bytes. When it is full, the track being looked for lies too far behind the other: a file is then opened
/// a second time for that track alone; a pipe cannot be, so there the track is given up and its packets counted.
final class PacketSource {
  /// Bytes of compressed packets that may wait for one track.
  let capacity: Int
  /// How messages name what is read.
  var path: String { input.name }
  /// Packets of a track that came too late on a pipe.
  private(set) var lost: [TrackKind: Int] = [:]

  private let input: ContainerInput
  private let choices: TrackChoices
  private let main: Demuxer
  private var second: [TrackKind: Demuxer] = [:]
  private var queues: [TrackKind: [Packet]] = [:]
  private var heads: [TrackKind: Int] = [:]
  private var waiting: [TrackKind: Int] = [:]
  private var delivered: [TrackKind: Int] = [:]
  private var givenUp: Set<TrackKind> = []

  /// - Parameters:
  ///   - choices: which of several tracks of a kind.
  ///   - stop: asked while a pipe gives nothing.
  init(
    _ input: ContainerInput, wanted: Set<TrackKind>, choices: TrackChoices = TrackChoices(), capacity: Int = 16 << 20,
    stop: @escaping @Sendable () -> Bool = { false }
  ) throws {
    (self.input, self.choices, self.capacity) = (input, choices, capacity)
    main = try Demuxer(input, wanted: wanted, choices: choices, stop: stop)
  }

  /// What there is of a kind that is wanted; empty where there is not more than one.
  func labels(_ kind: TrackKind) -> [TrackLabel] {
    let labels = main.labels[kind] ?? []
    return labels.count > 1 ? labels : []
  }

  /// The number of the track that is read, from 1.
  func number(_ kind: TrackKind) -> Int { (main.chosen[kind] ?? 0) + 1 }

  /// Whether its time line has a zero of its own.
  var hasZero: Bool { main.hasZero }

  /// nil: the recording has no such track.
  func track(_ kind: TrackKind) -> Demuxer.Track? { main.tracks[kind] }

  /// Seconds; nil if unknown.
  var duration: Double? { main.duration }

  /// Whether the caller's `stop` ended the reading.
  var isStopped: Bool { main.isStopped }

  /// The next packet of a track, or nil at its end.
  func next(_ kind: TrackKind) throws -> Packet? {
    if let packet = pop(kind) { return packet }
    if let own = second[kind] { return own.read()?.1 }
    guard !givenUp.contains(kind) else { return nil }
    while let (found, packet) = main.read() {
      if found == kind {
        delivered[kind, default: 0] += 1
        return packet
      }
      if givenUp.contains(found) {
        lost[found, default: 0] += 1
        continue
      }
      guard second[found] == nil else { continue }
      queues[found, default: []].append(packet)
      waiting[found, default: 0] += packet.bytes
      if waiting[found]! > capacity {
        guard input.canSeek else {
          givenUp.insert(kind)
          return nil
        }
        return try reopen(for: kind)?.read()?.1
      }
    }
    return nil
  }

  /// One line for each thing found broken so far.
  var damage: [String] {
    var lines: [String] = []
    let demuxers = [main] + second.values
    if let truncation = demuxers.compactMap(\.truncation).first { lines.append("\(path): truncated: \(truncation)") }
    let corrupt = demuxers.map(\.corruptPackets).reduce(0, +)
    if corrupt > 0, lines.isEmpty { lines.append("\(path): \(corrupt) packets are cut short or marked as corrupt") }
    for (kind, count) in lost.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      lines.append(
        "\(path): \(count) packets of \(kind.name) came more than \(capacity >> 20) MiB late and are lost;"
          + " give the file by name instead of a pipe")
    }
    return lines
  }

  private func pop(_ kind: TrackKind) -> Packet? {
    let head = heads[kind, default: 0]
    guard let queue = queues[kind], head < queue.count else { return nil }
    let packet = queue[head]
    waiting[kind, default: 0] -= packet.bytes
    delivered[kind, default: 0] += 1
    if head > 256 || head + 1 == queue.count {
      queues[kind]!.removeFirst(head + 1)
      heads[kind] = 0
    } else {
      heads[kind] = head + 1
    }
    return packet
  }

  /// Opens the file once more for a track that lies far behind the other, and skips what was already delivered.
  private func reopen(for kind: TrackKind) throws -> Demuxer? {
    let own = try Demuxer(input, wanted: [kind], choices: choices)
    main.discard(kind)
    for _ in 0..<delivered[kind, default: 0] where own.read() == nil { break }
    second[kind] = own
    return own
  }
}
