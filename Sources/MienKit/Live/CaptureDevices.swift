internal import Files
internal import Glibc
public import Media
internal import Recognition
internal import Sessions
internal import Threading

/// Both devices of a live session, from opening to closing.
public final class CaptureDevices: Sendable {
  public let request: CaptureRequest
  package let hub: CaptureHub
  private let camera: CameraKeeper?
  private let microphone: MicrophoneKeeper?

  /// Makes the session's folder, if there is to be one, opens the devices and waits until the session can begin.
  /// Where it does not begin, devices are closed and the folder's name is free again.
  /// - Parameters:
  ///   - request: which camera and which microphone.
  ///   - folder: the session's new folder; nil: nothing is recorded.
  ///   - stop: asked while it waits: true ends the waiting.
  ///   - waiting: gets what is wrong with a device that is waited for, once for each device.
  /// - Returns: the devices and the session's zero on the monotonic clock; nil: `stop` said so.
  /// - Throws: `CaptureError`; `MediaError` where the system forbids a device, a file cannot play one, or the folder exists
  ///   or cannot be made.
  public static func open(
    _ request: CaptureRequest, folder: String? = nil, stop: () -> Bool = { false },
    waiting: (MediaError) -> Void = { _ in }
  ) throws -> (devices: CaptureDevices, zero: Int64)? {
    try request.checkFiles()
    if let folder { try SessionFolder.make(folder) }
    var hasBegun = false
    // Only an empty folder goes.
    defer { if let folder, !hasBegun { rmdir(folder) } }
    let devices = try CaptureDevices(request, isRecorded: folder != nil)
    defer { if !hasBegun { devices.stop() } }
    guard let zero = try devices.begin(stop, waiting) else { return nil }
    hasBegun = true
    return (devices, zero)
  }

  /// Opens them, each on a thread of its own.
  /// - Throws: `MediaError` where a file that is to play a microphone cannot be read.
  private init(_ request: CaptureRequest, isRecorded: Bool) throws {
    self.request = request
    let now = MonotonicClock.now()
    let hub = CaptureHub(gate: StartGate(wanted: request.wanted, isStrict: request.isStrict, now: now))
    self.hub = hub
    // Files that play a camera and a microphone begin together, when both have been opened.
    let start = now + 300_000_000
    let wantsSound = request.wanted.contains(.microphone)
    microphone =
      wantsSound
      ? try MicrophoneKeeper(wanted: request.audio, start: start, loop: request.loops, track: request.tracks.audio) {
        hub.take($0)
      } : nil
    camera =
      request.wanted.contains(.camera)
      ? CameraKeeper(wanted: request.video, mode: request.camera(isRecorded: isRecorded, start: start)) {
        hub.take($0)
      } : nil
  }

  /// Waits until the session can begin.
  /// - Returns: its zero on the monotonic clock; nil: `stop` said so.
  private func begin(_ stop: () -> Bool, _ waiting: (MediaError) -> Void) throws -> Int64? {
    var said: Set<LiveDevice> = []
    while true {
      if stop() { return nil }
      let verdict = hub.verdict()
      let known = hub.devices
      for (device, trouble) in known.trouble {
        // What a permission or a broken file is, waiting does not change.
        if trouble.kind == .noPermission || request.isPlayed(device) { throw trouble }
        if case .wait = verdict, !request.isStrict, said.insert(device).inserted { waiting(trouble) }
      }
      switch verdict {
      case .wait: continue
      case .begin(let zero): return zero
      case .refuse(let missing):
        let why = LiveDevice.allCases.filter(missing.contains).map { device in
          let name = device == .camera ? "camera" : "microphone"
          return known.trouble[device].map { "\($0)" } ?? "no \(name) gives anything"
        }
        throw CaptureError.missing(why.joined(separator: "; "))
      }
    }
  }

  /// Frames a second that the camera gives; nil: not known.
  public var measuredRate: Double? { camera?.measuredRate }
  /// Frames and samples that the devices' own queues have lost.
  public var framesDropped: Int { camera?.counters.dropped ?? 0 }
  public var samplesDropped: Int { 320 * (microphone?.counters.dropped ?? 0) }

  /// Whether every file that plays a device is at its end, and there is nothing but files.
  public var hasEnded: Bool { request.wanted.isSubset(of: hub.devices.hasEnded) }

  /// Nothing comes after this.
  public func stop() {
    camera?.stop()
    microphone?.stop()
  }
}
