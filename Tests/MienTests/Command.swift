import Foundation
import Glibc

/// The built command as a user runs it: a child process with files for its output, so that no pipe can block.
struct Command {
  var status: Int32
  var out: String
  var err: String
  /// The most memory that the process had, in KiB.
  var peak = 0

  /// Beside the test bundle, where the build puts both.
  static let path: String = {
    let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return own.appending(path: "mien").path
  }()

  /// A copy of the command that lies in no package, so that it finds no model by itself.
  static func copy(in folder: Folder) throws -> String {
    let copy = folder / "mien-alone"
    try FileManager.default.copyItem(atPath: path, toPath: copy)
    return copy
  }

  var lines: [String] { out.split(separator: "\n").map(String.init) }
  var errorLines: [String] { err.split(separator: "\n").map(String.init) }

  /// Runs to the end.
  /// - Parameters:
  ///   - stdin: a file.
  ///   - stdout: a file that exists, instead of one of our own.
  ///   - environment: replaces all.
  ///   - signals: sent one after the other, each after the output has that many lines.
  static func run(
    _ arguments: String..., stdin: String = "/dev/null", stdout: String? = nil, environment: [String: String] = [:],
    signals: [(afterLines: Int, number: Int32)] = []
  ) throws -> Command {
    try run(arguments, stdin: stdin, stdout: stdout, environment: environment, signals: signals)
  }

  /// The same with the arguments in an array; `tool` is run instead of the command.
  static func run(
    _ arguments: [String], stdin: String = "/dev/null", stdout: String? = nil, environment: [String: String] = [:],
    signals: [(afterLines: Int, number: Int32)] = [], tool: String = path
  ) throws -> Command {
    let folder = try Folder()
    let (out, err) = (stdout ?? folder / "out", folder / "err")
    let child = try spawn(arguments, stdin: stdin, out: out, err: err, environment: environment, tool: tool)
    for signal in signals {
      let seen = wait {
        (try? String(contentsOfFile: out, encoding: .utf8).split(separator: "\n").count) ?? 0 >= signal.afterLines
      }
      if seen { kill(child, signal.number) }
    }
    let (status, peak) = try reap(child)
    let text = stdout == nil ? try String(contentsOfFile: out, encoding: .utf8) : ""
    return Command(status: status, out: text, err: try String(contentsOfFile: err, encoding: .utf8), peak: peak)
  }

  /// Runs with a pipe as stdout whose reader takes `bytes` and goes away.
  static func run(_ arguments: String..., readingOnly bytes: Int) throws -> Command {
    try run(arguments, readingOnly: bytes)
  }

  /// The same with the arguments in an array.
  static func run(_ arguments: [String], readingOnly bytes: Int) throws -> Command {
    let folder = try Folder()
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw POSIXError(.EPIPE) }
    // The child must not hold the reading end, or the pipe would never be closed.
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    let child = try spawn(
      arguments, stdin: "/dev/null", out: "/dev/fd/\(ends[1])", err: folder / "err", environment: [:])
    close(ends[1])
    var buffer = [UInt8](repeating: 0, count: bytes)
    if bytes > 0 { _ = read(ends[0], &buffer, bytes) }
    close(ends[0])
    let status = try reap(child).status
    return Command(status: status, out: "", err: try String(contentsOfFile: folder / "err", encoding: .utf8))
  }

  /// Starts it and comes back; the caller must `reap`.
  static func spawn(
    _ arguments: [String], stdin: String = "/dev/null", out: String, err: String, environment: [String: String] = [:],
    tool: String = path
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, stdin, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    let words = ([tool] + arguments).map { strdup($0) } + [nil]
    let pairs = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for word in words + pairs { free(word) } }
    var child = pid_t()
    let code = posix_spawn(&child, tool, &actions, nil, words, pairs)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    return child
  }

  /// The status as a shell gives it, and the most memory in KiB; a child that takes two minutes is killed.
  static func reap(_ child: pid_t) throws -> (status: Int32, peak: Int) {
    var (status, peak) = (Int32(0), 0)
    let ended = wait(seconds: 120) {
      // Not wait4's rusage: there the child begins with what we ourselves had when it was started.
      peak = max(peak, field("VmHWM", of: child).flatMap { Int($0.prefix { $0.isNumber }) } ?? 0)
      return waitpid(child, &status, WNOHANG) == child
    }
    if !ended {
      kill(child, SIGKILL)
      waitpid(child, &status, 0)
    }
    let signal = status & 0x7f
    return (signal == 0 ? status >> 8 & 0xff : 128 + signal, peak)
  }

  /// A line of /proc/PID/status after its colon.
  private static func field(_ name: String, of child: pid_t) -> String? {
    let text = (try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
    return line.map { $0.dropFirst(name.count + 1).filter { !$0.isWhitespace } }
  }

  /// Whether the child has set itself up to be told of this signal.
  static func handles(_ number: Int32, _ child: pid_t) -> Bool {
    field("SigCgt", of: child).flatMap { UInt64($0, radix: 16) }.map { $0 >> (number - 1) & 1 == 1 } ?? false
  }

  @discardableResult static func wait(seconds: Double = 30, until done: () -> Bool) -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while Date() < deadline {
      if done() { return true }
      usleep(2000)
    }
    return false
  }
}

/// A folder of a test's own, gone with it.
final class Folder {
  let path: String

  init() throws {
    var template = Array("/tmp/mien-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func / (folder: Folder, name: String) -> String { folder.path + "/" + name }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  @discardableResult func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: self / name))
    return self / name
  }

  @discardableResult func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}
