internal import Glibc

/// The address of a stream: a Unix socket or a TCP port.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
  case unix(path: String)
  /// `host` is an address in figures, without brackets. Port 0: one that is free.
  case tcp(host: String, port: UInt16)

  /// Why a text is no address.
  public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
  }

  /// `unix:PATH`, `tcp:PORT` (on 127.0.0.1), `tcp:ADDRESS:PORT`, `tcp:[ADDRESS]:PORT`, where an address is in figures or
  /// `localhost`: a name could lead anywhere.
  public init(_ text: String) throws(Malformed) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      if path.isEmpty { throw Malformed(description: "\(text) has no path; write unix:PATH") }
      if path.utf8.count > Self.longestPath {
        throw Malformed(description: "the path of \(text) is longer than the \(Self.longestPath) bytes of a socket's")
      }
      self = .unix(path: path)
    } else if text.hasPrefix("tcp:") {
      let rest = text.dropFirst(4)
      let colon = rest.lastIndex(of: ":")
      let host = colon.map { String(rest[..<$0]) } ?? "127.0.0.1"
      let port = colon.map { rest[rest.index(after: $0)...] } ?? rest
      guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port) else {
        throw Malformed(description: "\(text) has no port from 0 to 65535; write tcp:PORT or tcp:ADDRESS:PORT")
      }
      self = .tcp(host: try Self.figures(host, text), port: number)
    } else {
      throw Malformed(description: "\(text) is no address; write unix:PATH or tcp:127.0.0.1:PORT")
    }
  }

  /// Whether only this machine can reach it.
  public var isLocal: Bool {
    switch self {
    case .unix: true
    case .tcp(let host, _): host.hasPrefix("127.") || host == "::1"
    }
  }

  public var description: String {
    switch self {
    case .unix(let path): "unix:\(path)"
    case .tcp(let host, let port): host.contains(":") ? "tcp:[\(host)]:\(port)" : "tcp:\(host):\(port)"
    }
  }

  /// sun_path less its final zero byte.
  static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// The address in its usual form, so that [0::1] counts as this machine.
  private static func figures(_ host: String, _ text: String) throws(Malformed) -> String {
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let bare = isBracketed ? String(host.dropFirst().dropLast()) : host
    if bare == "localhost" && !isBracketed { return "127.0.0.1" }
    let family = isBracketed ? AF_INET6 : AF_INET
    var binary = in6_addr()
    var figures = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard inet_pton(family, bare, &binary) == 1,
      inet_ntop(family, &binary, &figures, socklen_t(figures.count)) != nil
    else {
      let example = bare.contains(":") ? "tcp:[::1]:PORT" : "tcp:127.0.0.1:PORT"
      throw Malformed(description: "\(text) has no address in figures; write for example \(example)")
    }
    return String(decoding: figures.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// What readers must say first, where one is set.
public struct ListenToken: Sendable, Hashable {
  let bytes: [UInt8]

  /// - Parameter text: 8 to 256 printable ASCII characters without spaces.
  public init(_ text: String) throws(ListenAddress.Malformed) {
    bytes = Array(text.utf8)
    guard (8...256).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
      throw ListenAddress.Malformed(
        description: "a listen token has 8 to 256 printable ASCII characters and no spaces; this one does not")
    }
  }

  /// Takes as long for a wrong token as for the right one.
  func matches(_ said: some Collection<UInt8>) -> Bool {
    let said = Array(said)
    var difference = said.count ^ bytes.count
    for i in bytes.indices { difference |= Int(bytes[i] ^ (i < said.count ? said[i] : 0)) }
    return difference == 0
  }
}
