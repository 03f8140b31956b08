/// How a driver lays out raw pixels: rows may be longer than their pixels. Pure.
struct RawLayout: Equatable {
  /// Bytes of a row's pixels, rows of all planes, and bytes from row to row.
  let row, rows, stride: Int

  /// nil: the format is no raw one. `stride` 0: the driver does not say, and there is no padding.
  init?(_ format: CapturedFrame.Format, width: Int, height: Int, stride: Int) {
    switch format {
    case .jpeg: return nil
    case .yuyv: (row, rows) = (2 * width, height)
    // The chroma rows are as long as the others.
    case .nv12: (row, rows) = (width, height + height / 2)
    }
    self.stride = max(stride, row)
  }

  /// The pixels without padding; nil if some are missing.
  func packed(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    // The last row's padding may be left out.
    guard rows > 0, let base = bytes.baseAddress, bytes.count >= stride * (rows - 1) + row else { return nil }
    return [UInt8](unsafeUninitializedCapacity: row * rows) { target, count in
      if stride == row {
        UnsafeMutableRawBufferPointer(target).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(row * rows)]))
      } else {
        for y in 0..<rows {
          let part = UnsafeRawBufferPointer(start: base + y * stride, count: row)
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[(y * row)...])
            .copyMemory(from: part)
        }
      }
      count = row * rows
    }
  }
}
