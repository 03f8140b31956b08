internal import Files

/// Carries out the steps that a `CameraWatch` decides, one at a time. It has no clock of its own.
struct CameraPump {
  private(set) var watch: CameraWatch
  private let device: any CameraDevice
  private let now: () -> Int64
  /// The longest single wait for a frame: whoever wants to stop waits no longer.
  private let slice: Int64

  init(
    _ device: any CameraDevice, watch: CameraWatch = CameraWatch(), slice: Int64 = 100_000_000,
    now: @escaping () -> Int64
  ) {
    (self.device, self.watch, self.slice, self.now) = (device, watch, slice, now)
  }

  /// What a turn leaves to its caller.
  enum Rest: Equatable {
    case goOn
    case wait(until: Int64)
    case finished
  }

  mutating func turn(_ tell: (CameraEvent) -> Void) -> Rest {
    switch watch.step(at: now()) {
    case .open:
      do {
        let opening = try device.open()
        watch.opened(opening, at: now()).forEach(tell)
      } catch {
        device.close()
        watch.refused(Self.mediaError(error), at: now()).forEach(tell)
      }
    case .read(let deadline):
      let reading = device.next(until: min(deadline, now() + slice))
      watch.read(reading, at: now()).forEach(tell)
    case .close:
      device.close()
      watch.closed(at: now())
    case .wait(let deadline): return .wait(until: deadline)
    case .finished:
      device.close()
      return .finished
    }
    return .goOn
  }

  func close() { device.close() }

  private static func mediaError(_ error: any Error) -> MediaError {
    error as? MediaError
      ?? MediaError(library: "mien", operation: "open", message: "\(error)", path: "camera", kind: .noInput)
  }
}
