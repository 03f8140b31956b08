internal import Glibc

/// Simulates the camera: brightness and warmth, then independent noise for every pixel and channel.
func film(_ rgb: inout [UInt8], _ scene: FaceScene, _ noise: inout some RandomNumberGenerator) {
  let warm = 0.12 * scene.warmth
  let tables = [1 + warm, 1, 1 - warm].map { gain in
    (0...255).map { Int16(max(0, min(255, (Double($0) * scene.brightness * gain).rounded()))) }
  }
  let table = tables[0] + tables[1] + tables[2]
  let grain = scene.noise > 0 ? normalGrain(scene.noise) : [Int16](repeating: 0, count: 256)
  let noisy = scene.noise > 0
  rgb.withUnsafeMutableBufferPointer { bytes in
    table.withUnsafeBufferPointer { table in
      grain.withUnsafeBufferPointer { grain in
        var bits: UInt64 = 0
        for i in bytes.indices {
          // One draw is enough for eight bytes.
          if noisy { bits = i & 7 == 0 ? noise.next() : bits >> 8 }
          let value = table[(i % 3) << 8 | Int(bytes[i])] + grain[Int(bits & 255)]
          bytes[i] = UInt8(truncatingIfNeeded: max(0, min(255, value)))
        }
      }
    }
  }
}

/// 256 equally likely values of a normal distribution, rounded: one byte of randomness picks one.
private func normalGrain(_ deviation: Double) -> [Int16] {
  normalQuantiles.map { Int16((deviation * $0).rounded()) }
}

private let normalQuantiles = (0..<256).map { normalQuantile((Double($0) + 0.5) / 256) }

/// The normal distribution's quantile, by halving the interval: 40 steps.
private func normalQuantile(_ share: Double) -> Double {
  var low = -6.0
  var high = 6.0
  for _ in 0..<40 {
    let middle = 0.5 * (low + high)
    if 0.5 * erfc(-middle / 2.0.squareRoot()) < share { low = middle } else { high = middle }
  }
  return 0.5 * (low + high)
}
