// Because the compiler takes timeval as a part of whichever C module it read first: CFFmpeg or CV4L2.
internal import CFFmpeg
internal import CV4L2
internal import Files
internal import Glibc
internal import Threading

/// A camera by V4L2: memory-mapped buffers, and no wait but poll.
final class V4L2Camera: CameraDevice {
  private let wanted: String
  private let request: CameraRequest
  /// After the first opening it is this camera and no other.
  private var found: CameraInfo?
  private var node: CameraNode?
  private var mode: CameraMode?
  private var buffers: CameraBuffers?
  private var layout: RawLayout?

  init(wanted: String, request: CameraRequest) { (self.wanted, self.request) = (wanted, request) }

  deinit { close() }

  func open() throws -> CameraOpening {
    let info = try found.map { try Cameras.pick(again: $0, from: Cameras.list()) } ?? Cameras.find(wanted)
    guard let chosen = CameraMode.choose(from: info.formats, for: request) else {
      let codes = info.formats.map(\.code).joined(separator: ", ")
      throw MediaError(
        library: "mien", operation: "read the camera",
        message: "it offers \(codes.isEmpty ? "no format" : codes), but none of MJPG, YUYV and NV12", path: info.path,
        kind: .unsupported)
    }
    let node = try CameraNode(info.path)
    node.attach()
    var mode = try set(chosen, node)
    mode.rate = setRate(mode, node)
    buffers = try CameraBuffers(node)
    (self.node, self.mode, found) = (node, mode, info)
    return CameraOpening(info: info, mode: mode, lowLightRemedy: node.lowLightRemedy())
  }

  /// Sets format and size; the driver may choose another size, but not another format.
  private func set(_ chosen: CameraMode, _ node: CameraNode) throws -> CameraMode {
    var format = v4l2_format()
    format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    format.fmt.pix.width = UInt32(chosen.width)
    format.fmt.pix.height = UInt32(chosen.height)
    format.fmt.pix.pixelformat = FourCC.code(chosen.code)
    guard cv4l2_set_format(node.descriptor, &format) == 0 else {
      throw MediaError.camera("set the camera's format", code: errno, path: node.path)
    }
    let pix = format.fmt.pix
    guard pix.pixelformat == FourCC.code(chosen.code) else {
      throw MediaError(
        library: "v4l2", operation: "set the camera's format",
        message: "it lists \(chosen.code) but gives \(FourCC.text(pix.pixelformat))", path: node.path,
        kind: .unsupported)
    }
    var mode = chosen
    (mode.width, mode.height) = (Int(pix.width), Int(pix.height))
    layout = RawLayout(mode.format, width: mode.width, height: mode.height, stride: Int(pix.bytesperline))
    return mode
  }

  /// - Returns: what the driver promises; nil if it has no rates to set.
  private func setRate(_ mode: CameraMode, _ node: CameraNode) -> Double? {
    var parameters = v4l2_streamparm()
    parameters.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    let rate = mode.rate ?? request.rate
    let interval = v4l2_fract(numerator: 1000, denominator: UInt32(max((rate * 1000).rounded(), 1)))
    parameters.parm.capture.timeperframe = interval
    // Not an error: webcams of some kinds have one rate only.
    guard cv4l2_set_parameters(node.descriptor, &parameters) == 0 else { return mode.rate }
    return CameraNode.rate(parameters.parm.capture.timeperframe) ?? mode.rate
  }

  func next(until deadline: Int64) -> CameraReading {
    guard let node, let buffers else { return .lost(.unplugged) }
    var waiting = pollfd(fd: node.descriptor, events: Int16(POLLIN), revents: 0)
    // Rounded up, so that a wait of less than a millisecond is one.
    let milliseconds = (deadline - MonotonicClock.now() + 999_999) / 1_000_000
    let ready = poll(&waiting, 1, Int32(min(max(milliseconds, 0), 60_000)))
    if ready == 0 || (ready < 0 && errno == EINTR) { return .nothing }
    if ready < 0 { return loss(errno) }
    let events = Int32(waiting.revents)
    do {
      let taken = try buffers.take { buffer, bytes in frame(buffer, bytes) }
      guard let taken else {
        // With an error but nothing to take, poll would come back at once for ever.
        if events & (POLLHUP | POLLNVAL) != 0 { return .lost(.unplugged) }
        if events & POLLERR != 0 { return loss(EIO) }
        return .nothing
      }
      return taken
    } catch { return loss(error.number) }
  }

  func close() {
    // The buffers hold the node: it closes behind them.
    (buffers, node, mode, layout) = (nil, nil, nil, nil)
  }

  private func loss(_ number: Int32) -> CameraReading {
    number == ENODEV || number == ENXIO
      ? .lost(.unplugged) : .lost(.fault(String(cString: strerror(number))))
  }

  private func frame(_ buffer: v4l2_buffer, _ bytes: UnsafeRawBufferPointer) -> CameraReading {
    guard buffer.flags & UInt32(V4L2_BUF_FLAG_ERROR) == 0, !bytes.isEmpty else { return .passedOver }
    // A JPEG as it is; raw rows without their padding.
    guard let kept = layout.map({ $0.packed(bytes) }) ?? [UInt8](bytes) else { return .passedOver }
    let isMonotonic =
      buffer.flags & UInt32(V4L2_BUF_FLAG_TIMESTAMP_MASK) == UInt32(V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
    let stamp = withUnsafePointer(to: buffer) { cv4l2_stamp($0) }
    return .frame(
      DeviceFrame(
        stamp: isMonotonic ? stamp : nil, arrival: MonotonicClock.now(), sequence: buffer.sequence, bytes: kept))
  }
}
