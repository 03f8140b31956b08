internal import CV4L2
internal import Glibc

/// An open node of a camera: the requests of V4L2, each with its error number; closes it.
final class CameraNode {
  let path: String
  let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    let opened = cv4l2_open(path)
    guard opened >= 0 else { throw MediaError.camera("open the camera", code: errno, path: path) }
    descriptor = opened
  }

  deinit { v4l2_close(descriptor) }

  /// Called before streaming only. Listing cameras does without it, because libv4l2 writes to stderr for nodes that are
  /// no cameras.
  func attach() {
    Self.silenced
    cv4l2_attach(descriptor)
  }

  /// libv4l2 writes to stderr, which is ours.
  private static let silenced: Void = cv4l2_silence(fopen("/dev/null", "we"))

  /// Card, driver, bus; nil: it captures no video, or cannot stream it.
  func capability() -> (card: String, driver: String, bus: String)? {
    var found = v4l2_capability()
    guard cv4l2_capability(descriptor, &found) == 0 else { return nil }
    // A node's own abilities; a device may have several nodes.
    let own = found.capabilities & UInt32(V4L2_CAP_DEVICE_CAPS) != 0 ? found.device_caps : found.capabilities
    guard own & UInt32(V4L2_CAP_VIDEO_CAPTURE) != 0, own & UInt32(V4L2_CAP_STREAMING) != 0 else { return nil }
    return (text(of: found.card), text(of: found.driver), text(of: found.bus_info))
  }

  func formats() -> [CameraFormat] {
    var formats: [CameraFormat] = []
    for index in 0..<UInt32(64) {
      var found = v4l2_fmtdesc()
      (found.index, found.type) = (index, V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue)
      guard cv4l2_enum_format(descriptor, &found) == 0 else { break }
      // Emulated: made by a library, not by the device.
      guard found.flags & UInt32(V4L2_FMT_FLAG_EMULATED) == 0 else { continue }
      formats.append(CameraFormat(code: FourCC.text(found.pixelformat), sizes: sizes(found.pixelformat)))
    }
    return formats
  }

  private func sizes(_ format: UInt32) -> [CameraSize] {
    var sizes: [CameraSize] = []
    for index in 0..<UInt32(256) {
      var found = v4l2_frmsizeenum()
      (found.index, found.pixel_format) = (index, format)
      guard cv4l2_enum_size(descriptor, &found) == 0 else { break }
      guard found.type == V4L2_FRMSIZE_TYPE_DISCRETE.rawValue else {
        let steps = found.stepwise
        let (widths, heights) = (
          CameraSteps(steps.min_width, steps.max_width, steps.step_width),
          CameraSteps(steps.min_height, steps.max_height, steps.step_height)
        )
        return CameraSteps.sizes(widths, heights).map {
          CameraSize(width: $0.0, height: $0.1, rates: rates(format, UInt32($0.0), UInt32($0.1)))
        }
      }
      let (width, height) = (found.discrete.width, found.discrete.height)
      sizes.append(CameraSize(width: Int(width), height: Int(height), rates: rates(format, width, height)))
    }
    return sizes
  }

  private func rates(_ format: UInt32, _ width: UInt32, _ height: UInt32) -> [Double] {
    var rates: [Double] = []
    for index in 0..<UInt32(256) {
      var found = v4l2_frmivalenum()
      (found.index, found.pixel_format, found.width, found.height) = (index, format, width, height)
      guard cv4l2_enum_interval(descriptor, &found) == 0 else { break }
      guard found.type == V4L2_FRMIVAL_TYPE_DISCRETE.rawValue else {
        return CameraSteps.rates(Self.rate(found.stepwise.max), Self.rate(found.stepwise.min))
      }
      if let rate = Self.rate(found.discrete) { rates.append(rate) }
    }
    return rates
  }

  /// Frames a second of an interval; nil if it is none.
  static func rate(_ interval: v4l2_fract) -> Double? {
    interval.numerator > 0 && interval.denominator > 0
      ? Double(interval.denominator) / Double(interval.numerator) : nil
  }

  /// What to do about exposure times so long in low light that the rate falls; nil: the camera does not do that, or
  /// is not allowed to.
  func lowLightRemedy() -> String? {
    var control = v4l2_queryctrl()
    control.id = cv4l2_dynamic_rate_control()
    guard cv4l2_query_control(descriptor, &control) == 0, control.flags & UInt32(V4L2_CTRL_FLAG_DISABLED) == 0 else {
      return nil
    }
    var value = v4l2_control()
    value.id = control.id
    guard cv4l2_get_control(descriptor, &value) == 0, value.value != 0 else { return nil }
    let name = CameraSteps.controlName(text(of: control.name))
    return "it exposes longer in low light: more light, or v4l2-ctl -d \(path) -c \(name)=0"
  }

  /// From an array of C characters, which Swift sees as a tuple.
  private func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// Pixel formats as their four characters.
enum FourCC {
  static func text(_ code: UInt32) -> String {
    let characters = (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) & 0x7F }
    return String(decoding: characters, as: UTF8.self).filter { $0 != " " }
  }

  static func code(_ text: String) -> UInt32 {
    let characters = Array(text.utf8) + [UInt8](repeating: 0x20, count: 4)
    return (0..<4).reduce(0) { $0 | UInt32(characters[$1]) << (8 * UInt32($1)) }
  }
}
