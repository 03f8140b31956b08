/// The interface of a camera to its keeper. Tests have a scripted one.
///
/// Used by one thread at a time. `open` after `close` starts anew; the device finds the same camera again by itself.
protocol CameraDevice: AnyObject {
  func open() throws -> CameraOpening
  /// Waits for a frame, but not beyond `deadline` (monotonic nanoseconds).
  func next(until deadline: Int64) -> CameraReading
  /// Gives everything back; may be called at any time.
  func close()
}

/// A camera that has just begun to stream.
struct CameraOpening {
  var info: CameraInfo
  var mode: CameraMode
  /// What the user can do if the rate is halved in low light; nil: this camera does not do that.
  var lowLightRemedy: String?
}

/// What one wait for a frame brought.
enum CameraReading {
  case frame(DeviceFrame)
  /// The deadline passed.
  case nothing
  /// A buffer without a usable picture.
  case passedOver
  case lost(CameraLoss)
  /// A file's end.
  case ended
}

/// One frame as the device gave it.
struct DeviceFrame {
  /// Monotonic nanoseconds; nil: the device's clock is another one.
  var stamp: Int64?
  /// When it was taken from the device, by the same clock.
  var arrival: Int64
  var sequence: UInt32
  var bytes: [UInt8]
}
