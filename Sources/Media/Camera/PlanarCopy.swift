internal import CFFmpeg

/// Raw camera frames as planes: only bytes move.
enum PlanarCopy {
  /// Y U Y V → yuv422p; nil if bytes are missing or the width is odd, which the format cannot be.
  static func yuyv(_ captured: CapturedFrame, path: String) throws -> Frame? {
    let (width, height) = (captured.width, captured.height)
    guard width > 0, height > 0, width % 2 == 0, captured.bytes.count >= 2 * width * height else { return nil }
    let frame = try Self.frame(width, height, AV_PIX_FMT_YUV422P, path: path)
    let planes = Planes(frame)
    captured.bytes.withUnsafeBufferPointer { bytes in
      // Non-nil, because bytes are there.
      var source = bytes.baseAddress!
      for row in 0..<height {
        let (y, u, v) = (planes.row(0, row), planes.row(1, row), planes.row(2, row))
        for i in 0..<width / 2 {
          (y[2 * i], u[i], y[2 * i + 1], v[i]) = (source[0], source[1], source[2], source[3])
          source += 4
        }
      }
    }
    return frame
  }

  /// Y, then U V pairs → yuv420p; nil if bytes are missing or a side is odd.
  static func nv12(_ captured: CapturedFrame, path: String) throws -> Frame? {
    let (width, height) = (captured.width, captured.height)
    guard width > 0, height > 0, width % 2 == 0, height % 2 == 0, captured.bytes.count >= width * height * 3 / 2
    else { return nil }
    let frame = try Self.frame(width, height, AV_PIX_FMT_YUV420P, path: path)
    let planes = Planes(frame)
    captured.bytes.withUnsafeBufferPointer { bytes in
      // Non-nil, because bytes are there.
      var source = bytes.baseAddress!
      for row in 0..<height {
        planes.row(0, row).update(from: source, count: width)
        source += width
      }
      for row in 0..<height / 2 {
        let (u, v) = (planes.row(1, row), planes.row(2, row))
        for i in 0..<width / 2 {
          (u[i], v[i]) = (source[0], source[1])
          source += 2
        }
      }
    }
    return frame
  }

  private static func frame(_ width: Int, _ height: Int, _ format: AVPixelFormat, path: String) throws -> Frame {
    let frame = Frame()
    frame.pointer.pointee.width = Int32(width)
    frame.pointer.pointee.height = Int32(height)
    frame.pointer.pointee.format = format.rawValue
    // What V4L2 means where a driver says nothing else about Y'CbCr.
    frame.pointer.pointee.color_range = AVCOL_RANGE_MPEG
    let code = av_frame_get_buffer(frame.pointer, 0)
    guard code >= 0 else { throw MediaError.libav("libavutil", "allocate a picture", code: code, path: path) }
    return frame
  }

  /// The three planes of a frame that `av_frame_get_buffer` made.
  private struct Planes {
    private let bases: [UnsafeMutablePointer<UInt8>]
    private let strides: [Int]

    init(_ frame: Frame) {
      let fields = frame.pointer.pointee
      // Non-nil, because a planar 4:2:x frame has three planes.
      bases = [fields.data.0!, fields.data.1!, fields.data.2!]
      strides = [Int(fields.linesize.0), Int(fields.linesize.1), Int(fields.linesize.2)]
    }

    func row(_ plane: Int, _ row: Int) -> UnsafeMutablePointer<UInt8> { bases[plane] + row * strides[plane] }
  }
}
