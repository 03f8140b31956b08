internal import Files
internal import Glibc
internal import Media

/// Sentences spoken by the program espeak-ng.
public enum Speech {
  /// 16 kHz mono samples as the program made them, in [-1, 1].
  /// - Parameter scratch: a file that is made and removed.
  /// - Throws: `ActorsError` if the program is missing or fails, `MediaError` if what it wrote cannot be read.
  public static func say(_ sentence: String, _ delivery: Delivery, scratch: String) throws -> [Float] {
    // The range of the pitch has no option of its own, but a tag of the markup.
    let text = "<speak><prosody range=\"\(delivery.range)%\">\(sentence)</prosody></speak>"
    defer { unlink(scratch) }
    try run([
      "espeak-ng", "-m", "-z", "-v", delivery.voice, "-p", "\(delivery.pitch)", "-s", "\(delivery.rate)", "-w", scratch,
      text,
    ])
    return try AudioFile.read16k(scratch)
  }

  /// One line that says so if the program is not there.
  /// - Throws: `ActorsError`.
  public static func check() throws { try run(["espeak-ng", "--version"]) }

  private static func run(_ arguments: [String]) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for number in 1...2 as ClosedRange<Int32> {
      posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_WRONLY, 0)
    }
    let words = arguments.map { strdup($0) } + [nil]
    // No language or path of the user's changes the sound.
    let environment: [UnsafeMutablePointer<CChar>?] = [strdup("LC_ALL=C.UTF-8"), nil]
    defer { for word in words + environment { free(word) } }
    var child = pid_t()
    let code = posix_spawnp(&child, arguments[0], &actions, nil, words, environment)
    if code == ENOENT {
      throw ActorsError(
        .unavailable, operation: "speak", code: Int(code),
        message: "the program espeak-ng is missing; install it: apt-get install espeak-ng")
    }
    guard code == 0 else {
      throw ActorsError(
        .bug, operation: "start espeak-ng", code: Int(code), message: String(cString: strerror(code)))
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else {
      throw ActorsError(.bug, operation: "speak", code: Int(status), message: "espeak-ng failed (status \(status))")
    }
  }
}
