import Files
import Glibc
import Recognition
import Signal
import Synchronization
import Testing

@testable import Outlets

@Suite struct BroadcasterTests {
  private let header = StreamLine("header\n", start: .zero, isHeader: true)

  private func line(_ i: Int, padding: Int = 0) -> StreamLine {
    StreamLine("\(i)" + String(repeating: "x", count: padding) + "\n", start: Instant(seconds: Double(i)))
  }

  /// A path in a folder of its own, which is removed afterwards.
  private func withPath(_ body: (String) throws -> Void) throws {
    var template = Array("/tmp/mien-outlets-XXXXXX".utf8CString)
    #expect(mkdtemp(&template) != nil)
    let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { rmdir(folder) }
    try body(folder + "/stream.sock")
  }

  private func connect(_ address: ListenAddress) throws -> Int32 {
    switch address {
    case .unix(let path):
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      try #require(ListenSocket.withUnixAddress(path) { Glibc.connect(descriptor, $0, $1) } == 0)
      return descriptor
    case .tcp(_, let port):
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      try #require(ListenSocket.withSocketAddress(&address) { Glibc.connect(descriptor, $0, $1) } == 0)
      return descriptor
    }
  }

  @Test func everyReaderGetsTheHeaderAndWhatComesAfter() throws {
    try withPath { path in
      let broadcaster = try Broadcaster([.unix(path: path), .tcp(host: "127.0.0.1", port: 0)])
      broadcaster.send(header)
      let early = try connect(broadcaster.addresses[0])
      #expect(read(early, until: { $0 == "header\n" }) == "header\n")
      broadcaster.send(line(1))
      #expect(read(early, until: { $0 == "1\n" }) == "1\n")
      let late = try connect(broadcaster.addresses[1])
      #expect(read(late, until: { $0 == "header\n" }) == "header\n")
      broadcaster.send(line(2))
      broadcaster.finish(within: 5)
      #expect(read(early, until: { _ in false }) == "2\n")
      #expect(read(late, until: { _ in false }) == "2\n")
      #expect(broadcaster.counters.accepted == 2 && broadcaster.counters.connected == 0)
      #expect(access(path, F_OK) != 0)
      for reader in [early, late] { close(reader) }
    }
  }

  /// A reader that comes in the middle of a stream knows at once what holds: the header, that there is no face, the last
  /// result.
  @Test func aLateReaderLearnsWhatHolds() throws {
    try withPath { path in
      let events = Events()
      let outputs: [any LiveOutput] = [try Broadcaster([.unix(path: path)])]
      let noFace = StreamEvent.status(StreamStatus(.noFace, .warning, "no face", start: .zero))
      let early = try connect(.unix(path: path))
      for event in [events.created, noFace, events.result(0, nil), events.result(1, nil)] { outputs.receive(event) }
      // What the early reader has, the broadcaster's thread knows: what was handed to it may still wait.
      let newest = events.result(1, nil).json.text + "\n"
      #expect(read(early, until: { $0.hasSuffix(newest) }).hasSuffix(newest))
      let late = try connect(.unix(path: path))
      let known = [events.created, noFace, events.result(1, nil)].map { $0.json.text + "\n" }.joined()
      #expect(read(late, until: { $0.utf8.count >= known.utf8.count }) == known)
      outputs.receive(events.result(2, nil))
      for output in outputs { try output.finish() }
      #expect(read(late, until: { _ in false }) == events.result(2, nil).json.text + "\n")
      for reader in [early, late] { close(reader) }
    }
  }

  @Test func aReaderThatStallsIsDroppedAndTheOthersDoNotNotice() throws {
    try withPath { path in
      let said = Mutex<[String]>([])
      let broadcaster = try Broadcaster(
        [.unix(path: path)], limits: .init(lines: 1000, bytes: 1 << 20),
        log: { line in said.withLock { $0.append(line) } })
      broadcaster.send(header)
      let (stalled, reading) = (try connect(broadcaster.addresses[0]), try connect(broadcaster.addresses[0]))
      #expect(eventually { broadcaster.counters.connected == 2 })
      var got = read(reading, until: { $0 == "header\n" })
      for i in 0..<200 {
        broadcaster.send(line(i, padding: 20_000))
        got = read(reading, until: { $0.hasSuffix("\n") })
        #expect(got.utf8.count >= 20_002 && got.hasPrefix("\(i)x"))
      }
      #expect(broadcaster.counters.stalled == 1 && said.withLock { $0.count } == 1)
      // It is told if it reads again.
      let text = read(stalled, until: { _ in false })
      #expect(text.hasPrefix("header\n0x"))
      #expect(text.split(separator: "\n").last?.contains("\"code\":\"lines_dropped\",\"level\":\"error\"") == true)
      broadcaster.finish(within: 1)
      for reader in [stalled, reading] { close(reader) }
    }
  }

  /// Those who say no token take no place from those who have it; who has it finds the places bounded.
  @Test func thoseWithoutATokenKeepNobodyOut() throws {
    let broadcaster = try Broadcaster(
      [.tcp(host: "127.0.0.1", port: 0)], token: try ListenToken("open-sesame"), readers: 2)
    broadcaster.send(header)
    func enter() throws -> Int32 {
      let reader = try connect(broadcaster.addresses[0])
      #expect(write(reader, "token open-sesame\n", 18) == 18)
      return reader
    }
    var silent: [Int32] = []
    for count in 1...5 {
      silent.append(try connect(broadcaster.addresses[0]))
      #expect(eventually { broadcaster.counters.accepted == count })
    }
    // The oldest have left.
    #expect(read(silent[0], until: { _ in false }) == "")
    let inside = [try enter(), try enter()]
    for reader in inside { #expect(read(reader, until: { $0 == "header\n" }) == "header\n") }
    let third = try enter()
    #expect(read(third, until: { _ in false }).contains("2 readers are there already"))
    broadcaster.send(line(1))
    for reader in inside { #expect(read(reader, until: { $0 == "1\n" }) == "1\n") }
    broadcaster.finish(within: 1)
    for reader in silent + inside + [third] { close(reader) }
  }

  @Test func tokensAreAskedFor() throws {
    let broadcaster = try Broadcaster([.tcp(host: "127.0.0.1", port: 0)], token: try ListenToken("open-sesame"))
    broadcaster.send(header)
    let (right, wrong) = (try connect(broadcaster.addresses[0]), try connect(broadcaster.addresses[0]))
    #expect(write(right, "token open-sesame\n", 18) == 18)
    #expect(write(wrong, "GET / HTTP/1.1\r\n", 16) == 16)
    #expect(read(right, until: { $0 == "header\n" }) == "header\n")
    #expect(read(wrong, until: { _ in false }).contains("wrong token"))
    #expect(broadcaster.counters.refused == 1)
    broadcaster.finish(within: 1)
    for reader in [right, wrong] { close(reader) }
  }

  @Test func oneTooManyIsTurnedAway() throws {
    try withPath { path in
      let broadcaster = try Broadcaster([.unix(path: path)], readers: 1)
      broadcaster.send(header)
      let first = try connect(broadcaster.addresses[0])
      #expect(read(first, until: { $0 == "header\n" }) == "header\n")
      let second = try connect(broadcaster.addresses[0])
      #expect(read(second, until: { _ in false }).contains("1 readers are there already"))
      // Its place is free once it has gone.
      close(first)
      #expect(eventually { broadcaster.counters.connected == 0 })
      let third = try connect(broadcaster.addresses[0])
      #expect(read(third, until: { $0 == "header\n" }) == "header\n")
      broadcaster.finish(within: 1)
      for reader in [second, third] { close(reader) }
    }
  }

  @Test func onlyLeftOverSocketsAreReplaced() throws {
    try withPath { path in
      let address = ListenAddress.unix(path: path)
      // A program that died: its socket stays and nobody listens.
      let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      #expect(ListenSocket.withUnixAddress(path) { bind(dead, $0, $1) } == 0)
      close(dead)
      let living = try Broadcaster([address])
      var status = stat()
      #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let taken = try #require(throws: OutletError.self) { _ = try Broadcaster([address]) }
      #expect(taken.kind == .exists && taken.description.contains("another program listens"))
      living.finish(within: 1)

      close(open(path, O_CREAT | O_WRONLY, 0o600))
      let file = try #require(throws: OutletError.self) { _ = try Broadcaster([address]) }
      #expect(file.kind == .exists && file.description.contains("is no socket"))
      #expect(unlink(path) == 0)
    }
  }

  @Test func otherMachinesNeedAToken() throws {
    let error = try #require(throws: OutletError.self) { _ = try Broadcaster([.tcp(host: "0.0.0.0", port: 0)]) }
    #expect(error.kind == .usage && error.description.contains("--listen-token"))
  }
}
