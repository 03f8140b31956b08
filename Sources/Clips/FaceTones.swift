internal import Signal

/// Operations on colours, pixel by pixel or by the picture's histogram; and sharpness, which uses neighbouring pixels.
extension FaceCrop {
  /// Every byte through one table.
  func toned(_ tone: (Int) -> Int) -> FaceCrop {
    let table = (0..<256).map { UInt8(tone($0)) }
    return FaceCrop(side: side, pixels: pixels.map { table[Int($0)] })
  }

  /// Every byte through its channel's table.
  private func toned(_ tables: [[UInt8]]) -> FaceCrop {
    var result = pixels
    for i in 0..<result.count { result[i] = tables[i % 3][Int(result[i])] }
    return FaceCrop(side: side, pixels: result)
  }

  private var histograms: [[Int]] {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 256), count: 3)
    for channel in 0..<3 {
      for i in stride(from: channel, to: pixels.count, by: 3) { counts[channel][Int(pixels[i])] += 1 }
    }
    return counts
  }

  /// Each channel stretched so that its darkest tone is 0 and its brightest 255.
  var autoContrasted: FaceCrop {
    toned(
      histograms.map { counts in
        guard let low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }),
          low < high
        else { return (0..<256).map { UInt8($0) } }
        let scale = 255 / Double(high - low)
        return (0..<256).map { UInt8(min(max(Double($0 - low) * scale, 0), 255)) }
      })
  }

  /// Each channel so that its tones are used evenly.
  var equalized: FaceCrop {
    toned(
      histograms.map { counts in
        let used = counts.filter { $0 > 0 }
        let step = (side * side - (used.last ?? 0)) / 255
        guard used.count > 1, step > 0 else { return (0..<256).map { UInt8($0) } }
        var below = step / 2
        return counts.map { count in
          defer { below += count }
          return UInt8(min(below / step, 255))
        }
      })
  }

  /// Luma (ITU-R BT.601), rounded.
  private func grey(_ pixel: Int) -> Int {
    let i = pixel * 3
    return (Int(pixels[i]) * 19595 + Int(pixels[i + 1]) * 38470 + Int(pixels[i + 2]) * 7471 + 0x8000) >> 16
  }

  /// From grey towards and beyond the picture's colours.
  func coloured(_ factor: Double) -> FaceCrop {
    var result = pixels
    for pixel in 0..<side * side {
      let base = Double(grey(pixel))
      for i in pixel * 3..<pixel * 3 + 3 {
        result[i] = UInt8(FaceOperation.blend(base, Double(pixels[i]), factor))
      }
    }
    return FaceCrop(side: side, pixels: result)
  }

  /// From the mean luma towards and beyond the picture.
  func contrasted(_ factor: Double) -> FaceCrop {
    let sum = (0..<side * side).reduce(0) { $0 + grey($1) }
    let mean = Double(Int(Double(sum) / Double(side * side) + 0.5))
    return toned { FaceOperation.blend(mean, Double($0), factor) }
  }

  /// From a smoothed picture (3 × 3, the centre five times) towards and beyond the picture; its border stays.
  func sharpened(_ factor: Double) -> FaceCrop {
    guard side > 2 else { return self }
    let row = side * 3
    var result = pixels
    pixels.withUnsafeBufferPointer { source in
      for y in 1..<side - 1 {
        for i in y * row + 3..<(y + 1) * row - 3 {
          var sum = 4 * Int(source[i])
          for near in [i - row, i, i + row] { sum += Int(source[near - 3]) + Int(source[near]) + Int(source[near + 3]) }
          let smooth = Double((2 * sum + 13) / 26)
          result[i] = UInt8(FaceOperation.blend(smooth, Double(source[i]), factor))
        }
      }
    }
    return FaceCrop(side: side, pixels: result)
  }
}
