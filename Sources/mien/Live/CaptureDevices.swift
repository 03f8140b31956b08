import Carriers
import Glibc
import Logging
import Media
import Recognition

/// Both devices of a live session, from opening to closing.
final class CaptureDevices: Sendable {
  let options: CaptureOptions
  let hub: CaptureHub
  private let camera: CameraKeeper?
  private let microphone: MicrophoneKeeper?

  /// Makes the session's folder, if there is to be one, opens the devices and waits until the session can begin.
  /// Where it does not begin, devices are closed and the folder's name is free again.
  /// - Returns: the devices and the session's zero on the monotonic clock; nil: somebody asked to stop.
  /// - Throws: as `begin` does, and `MediaError` where the folder exists or cannot be made.
  static func open(
    _ options: CaptureOptions, folder: String?, _ log: Logger
  ) throws -> (devices: CaptureDevices, zero: Int64)? {
    if let folder { try SessionFolder.make(folder) }
    var hasBegun = false
    // Only an empty folder goes.
    defer { if let folder, !hasBegun { rmdir(folder) } }
    let devices = try CaptureDevices(options, isRecorded: folder != nil)
    defer { if !hasBegun { devices.stop() } }
    guard let zero = try devices.begin(log) else { return nil }
    hasBegun = true
    return (devices, zero)
  }

  /// Opens them, each on a thread of its own.
  /// - Throws: `MediaError` where a file that is to play a microphone cannot be read.
  private init(_ options: CaptureOptions, isRecorded: Bool) throws {
    self.options = options
    let now = MonotonicClock.now()
    let hub = CaptureHub(gate: StartGate(wanted: options.wanted, isStrict: options.noWait, now: now))
    self.hub = hub
    // Files that play a camera and a microphone begin together, when both have been opened.
    let start = now + 300_000_000
    let wantsSound = options.wanted.contains(.microphone)
    microphone =
      wantsSound
      ? try MicrophoneKeeper(wanted: options.audio, start: start, loop: options.loop) { hub.take($0) } : nil
    camera =
      options.wanted.contains(.camera)
      ? CameraKeeper(wanted: options.video, mode: options.request(isRecorded: isRecorded, start: start)) {
        hub.take($0)
      } : nil
  }

  /// Waits until the session can begin.
  /// - Returns: its zero on the monotonic clock; nil: somebody asked to stop.
  /// - Throws: `Failure` where the system forbids a device, a file cannot play one, or, with `--no-wait`, one is missing.
  private func begin(_ log: Logger) throws -> Int64? {
    var said: Set<LiveDevice> = []
    while true {
      if Interruption.reason != nil { return nil }
      let verdict = hub.verdict()
      let known = hub.devices
      for (device, trouble) in known.trouble {
        // What a permission or a broken file is, waiting does not change.
        if trouble.kind == .noPermission || options.isFile(device) { throw Failure(trouble) }
        if case .wait = verdict, !options.noWait, said.insert(device).inserted { log.notice("waiting: \(trouble)") }
      }
      switch verdict {
      case .wait: continue
      case .begin(let zero): return zero
      case .refuse(let missing):
        let why = LiveDevice.allCases.filter(missing.contains).map { device in
          let name = device == .camera ? "camera" : "microphone"
          return known.trouble[device].map { "\($0)" } ?? "no \(name) gives anything"
        }
        throw Failure(.unavailable, why.joined(separator: "; "))
      }
    }
  }

  /// What the camera gives, for the meter.
  var measuredRate: Double? { camera?.measuredRate }
  var framesDropped: Int { camera?.counters.dropped ?? 0 }
  var samplesDropped: Int { 320 * (microphone?.counters.dropped ?? 0) }

  /// Whether every file that plays a device is at its end, and there is nothing but files.
  var hasEnded: Bool { options.wanted.isSubset(of: hub.devices.hasEnded) }

  /// Nothing comes after this.
  func stop() {
    camera?.stop()
    microphone?.stop()
  }
}
