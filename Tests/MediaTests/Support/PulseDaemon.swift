import Foundation
import Glibc
import Media
import MediaFixtures
import Threading

/// A PulseAudio server of the test's own, without hardware: a null sink `nul`, and a source `mic` that hears it.
///
/// A shell watches over it: when the test's end of the pipe closes, even because the test crashed, the server is
/// killed.
final class PulseDaemon {
  static let isInstalled = FileManager.default.isExecutableFile(atPath: "/usr/bin/pulseaudio")

  let folder: Scratch
  private var shell: Process?
  private var life: Pipe?

  var server: String { "unix:\(folder.path)/native" }
  private var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment
    for name in ["PULSE_RUNTIME_PATH", "PULSE_STATE_PATH", "PULSE_CONFIG_PATH", "HOME"] {
      environment[name] = folder.path
    }
    environment["PULSE_SERVER"] = server
    environment["LC_ALL"] = "C"
    return environment
  }

  struct Failure: Error { var what: String }

  /// - Parameter tcp: a port on which nobody is let in.
  init(tcp: Int? = nil) throws {
    folder = try Scratch()
    chmod(folder.path, 0o700)
    try start(tcp: tcp)
  }

  deinit { kill() }

  func start(tcp: Int? = nil) throws {
    // norewinds, or the sound comes in blocks of up to 2 s.
    var modules = [
      "module-null-sink sink_name=nul rate=48000 channels=2 norewinds=1",
      "module-native-protocol-unix socket=\(folder.path)/native auth-anonymous=1",
      "module-remap-source source_name=mic master=nul.monitor",
    ]
    if let tcp { modules.append("module-native-protocol-tcp listen=127.0.0.1 port=\(tcp) auth-cookie-enabled=0") }
    let options = [
      "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--log-target=stderr",
      "--log-level=error",
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments =
      [
        "-c", "/usr/bin/pulseaudio \"$@\" 2>\"$HOME/log\" & echo $! > \"$HOME/pid\"; cat > /dev/null; kill -9 $!", "sh",
      ] + options + modules.flatMap { ["-L", $0] }
    process.environment = environment
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    (shell, life) = (process, pipe)
    let deadline = MonotonicClock.now() + 5_000_000_000
    while true {
      if let sources = try? Microphones.list(server: server, limit: 1), sources.contains(where: { $0.name == "mic" }) {
        return
      }
      guard MonotonicClock.now() < deadline else {
        let log = (try? String(contentsOfFile: folder.file("log"), encoding: .utf8)) ?? ""
        kill()
        throw Failure(what: "pulseaudio does not start: \(log)")
      }
      usleep(50_000)
    }
  }

  /// As the kernel would for want of memory.
  func kill() {
    try? life?.fileHandleForWriting.close()
    shell?.waitUntilExit()
    (shell, life) = (nil, nil)
  }

  func signal(_ number: Int32) {
    let text = (try? String(contentsOfFile: folder.file("pid"), encoding: .utf8)) ?? ""
    if let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)) { Glibc.kill(pid, number) }
  }

  @discardableResult
  func control(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/pactl")
    process.arguments = arguments
    process.environment = environment
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(what: "pactl \(arguments)") }
    return text
  }

  /// Plays samples (16 kHz, mono) into the sink as they would sound live, beginning now.
  /// - Returns: monotonic nanoseconds when sample 0 was handed over.
  func play(_ samples: [Int16]) throws -> Int64 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/pacat")
    process.arguments = [
      "--playback", "--device=nul", "--raw", "--format=s16le", "--rate=16000", "--channels=1", "--latency-msec=10",
      "--process-time-msec=5", "--verbose",
    ]
    process.environment = environment
    let (input, errors) = (Pipe(), Pipe())
    (process.standardInput, process.standardError) = (input, errors)
    try process.run()
    // Until it is connected what it is given waits in the pipe, and would be late for ever after.
    var said = ""
    while !said.contains("successfully created") {
      let more = errors.fileHandleForReading.availableData
      guard !more.isEmpty else { throw Failure(what: "pacat: \(said)") }
      said += String(decoding: more, as: UTF8.self)
    }
    let lead = [Int16](repeating: 0, count: 8000)
    let all = lead + samples
    let begin = MonotonicClock.now()
    var at = 0
    while at < all.count {
      let piece = all[at..<min(at + 80, all.count)]
      MonotonicClock.wait(until: begin + Int64(at) * 62_500)
      try input.fileHandleForWriting.write(contentsOf: piece.withUnsafeBytes { Data($0) })
      at += piece.count
    }
    try input.fileHandleForWriting.close()
    _ = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return begin + Int64(lead.count) * 62_500
  }
}
