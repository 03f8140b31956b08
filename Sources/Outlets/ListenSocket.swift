internal import Files
internal import Glibc

/// Owns a listening socket, and the file of a Unix one.
final class ListenSocket {
  let descriptor: Int32
  /// With the port that the system chose, where 0 was asked for.
  let address: ListenAddress
  private var file: (path: String, device: dev_t, inode: ino_t)?

  /// - Throws: `OutletError`.
  init(_ wanted: ListenAddress) throws {
    let family =
      switch wanted {
      case .unix: AF_UNIX
      case .tcp(let host, _): host.contains(":") ? AF_INET6 : AF_INET
      }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else { throw Self.failure(wanted, errno) }
    do {
      switch wanted {
      case .unix(let path): file = try Self.bindUnix(descriptor, path, wanted)
      case .tcp(let host, let port): try Self.bindTCP(descriptor, family, host, port, wanted)
      }
      guard listen(descriptor, 64) == 0 else { throw Self.failure(wanted, errno) }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    self.descriptor = descriptor
    address = Self.bound(descriptor, wanted)
  }

  deinit {
    close(descriptor)
    // Only our own file: somebody may have put another in its place.
    if let file, let there = Self.status(file.path), there.st_dev == file.device, there.st_ino == file.inode {
      unlink(file.path)
    }
  }

  /// The next reader that waits; nil: none.
  func accept() -> Int32? {
    let reader = Glibc.accept(descriptor, nil, nil)
    guard reader >= 0 else { return nil }
    SocketSystem.configure(reader)
    return reader
  }

  private static func bindUnix(
    _ descriptor: Int32, _ path: String, _ wanted: ListenAddress
  ) throws -> (path: String, device: dev_t, inode: ino_t) {
    if let there = status(path) {
      guard there.st_mode & S_IFMT == S_IFSOCK else {
        throw OutletError(.exists, "cannot listen on \(wanted): \(path) exists and is no socket; name another path")
      }
      try removeStale(path, wanted)
    }
    let code = withUnixAddress(path) { bind(descriptor, $0, $1) }
    guard code == 0 else { throw failure(wanted, errno) }
    // Nobody can connect before listen(), so nobody slips in before the mode is set.
    guard chmod(path, 0o600) == 0, let made = status(path) else {
      let code = errno
      unlink(path)
      throw failure(wanted, code)
    }
    return (path, made.st_dev, made.st_ino)
  }

  /// A socket that nobody listens on is left over from a program that died.
  private static func removeStale(_ path: String, _ wanted: ListenAddress) throws {
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard probe >= 0 else { throw failure(wanted, errno) }
    defer { Glibc.close(probe) }
    let code = withUnixAddress(path) { connect(probe, $0, $1) } == 0 ? 0 : errno
    guard code == ECONNREFUSED else {
      if code == EACCES || code == EPERM { throw failure(wanted, code) }
      throw OutletError(.exists, "cannot listen on \(wanted): another program listens there; name another path")
    }
    guard unlink(path) == 0 || errno == ENOENT else { throw failure(wanted, errno) }
  }

  private static func bindTCP(
    _ descriptor: Int32, _ family: Int32, _ host: String, _ port: UInt16, _ wanted: ListenAddress
  ) throws {
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    // Without it the port stays taken for a minute after the last session's readers.
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    let code: Int32
    if family == AF_INET6 {
      setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, size)
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      inet_pton(AF_INET6, host, &address.sin6_addr)
      code = withSocketAddress(&address) { bind(descriptor, $0, $1) }
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      inet_pton(AF_INET, host, &address.sin_addr)
      code = withSocketAddress(&address) { bind(descriptor, $0, $1) }
    }
    guard code == 0 else { throw failure(wanted, errno) }
  }

  private static func bound(_ descriptor: Int32, _ wanted: ListenAddress) -> ListenAddress {
    guard case .tcp(let host, 0) = wanted else { return wanted }
    // The port stands at the same place in both families' addresses.
    var address = sockaddr_in6()
    var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    return code == 0 ? .tcp(host: host, port: UInt16(bigEndian: address.sin6_port)) : wanted
  }

  static func withUnixAddress<Answer>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer) -> Answer
  {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { room in
      // ListenAddress has seen to it that the path fits with its final zero.
      room.copyBytes(from: path.utf8.prefix(room.count - 1))
    }
    return withSocketAddress(&address, body)
  }

  /// Rebinding is what C's cast to `struct sockaddr *` is: both begin with the family.
  static func withSocketAddress<Address, Answer>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Answer
  ) -> Answer {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
    }
  }

  private static func status(_ path: String) -> stat? {
    var found = stat()
    return lstat(path, &found) == 0 ? found : nil
  }

  private static func failure(_ address: ListenAddress, _ code: Int32) -> OutletError {
    switch code {
    case EADDRINUSE:
      OutletError(.exists, "cannot listen on \(address): another program listens there; choose another port")
    case EACCES, EPERM:
      OutletError(.noPermission, "cannot listen on \(address): \(SocketSystem.message(code)); choose another place")
    case EADDRNOTAVAIL:
      OutletError(.unavailable, "cannot listen on \(address): this machine does not have the address")
    default: OutletError(.unavailable, "cannot listen on \(address): \(SocketSystem.message(code))")
    }
  }
}
