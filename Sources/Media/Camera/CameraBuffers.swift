internal import CV4L2
internal import Glibc

/// The mapped buffers of a camera that streams; stops the stream, unmaps and gives them back.
final class CameraBuffers {
  /// The system's number for what failed.
  struct Failure: Error { var number: Int32 }

  private let node: CameraNode
  private var mapped: [UnsafeMutableRawBufferPointer] = []

  /// Maps them and starts the stream.
  init(_ node: CameraNode) throws {
    self.node = node
    var request = v4l2_requestbuffers()
    // Four: one with the driver, one with us, two for when we are late.
    (request.count, request.memory) = (4, V4L2_MEMORY_MMAP.rawValue)
    request.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    try check(cv4l2_request_buffers(node.descriptor, &request), "ask for the camera's buffers")
    for index in 0..<request.count {
      var buffer = Self.buffer(index)
      try check(cv4l2_query_buffer(node.descriptor, &buffer), "ask for the camera's buffers")
      let length = Int(buffer.length)
      let start = v4l2_mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, node.descriptor, Int64(buffer.m.offset))
      guard let start, start != MAP_FAILED else {
        throw MediaError.camera("map the camera's buffers", code: errno, path: node.path)
      }
      mapped.append(UnsafeMutableRawBufferPointer(start: start, count: length))
      try check(cv4l2_queue(node.descriptor, &buffer), "queue the camera's buffers")
    }
    try check(cv4l2_stream(node.descriptor, 1), "start the camera's stream")
  }

  deinit {
    _ = cv4l2_stream(node.descriptor, 0)
    for area in mapped { v4l2_munmap(area.baseAddress, area.count) }
    var request = v4l2_requestbuffers()
    (request.type, request.memory) = (V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue, V4L2_MEMORY_MMAP.rawValue)
    _ = cv4l2_request_buffers(node.descriptor, &request)
  }

  /// Lends the oldest filled buffer; nil: none is filled.
  func take<Answer>(_ body: (v4l2_buffer, UnsafeRawBufferPointer) -> Answer) throws(Failure) -> Answer? {
    var buffer = Self.buffer(0)
    guard cv4l2_dequeue(node.descriptor, &buffer) == 0 else {
      if errno == EAGAIN { return nil }
      throw Failure(number: errno)
    }
    guard Int(buffer.index) < mapped.count else { throw Failure(number: EIO) }
    let area = mapped[Int(buffer.index)]
    let answer = body(buffer, UnsafeRawBufferPointer(rebasing: area[..<min(Int(buffer.bytesused), area.count)]))
    guard cv4l2_queue(node.descriptor, &buffer) == 0 else { throw Failure(number: errno) }
    return answer
  }

  private static func buffer(_ index: UInt32) -> v4l2_buffer {
    var buffer = v4l2_buffer()
    (buffer.index, buffer.memory) = (index, V4L2_MEMORY_MMAP.rawValue)
    buffer.type = V4L2_BUF_TYPE_VIDEO_CAPTURE.rawValue
    return buffer
  }

  private func check(_ code: Int32, _ operation: String) throws {
    guard code == 0 else { throw MediaError.camera(operation, code: errno, path: node.path) }
  }
}
