internal import Glibc

/// What the camera does to a picture: brightness and warmth, then noise of its own for every pixel and channel.
func film(_ rgb: inout [UInt8], _ scene: FaceScene, _ noise: inout some RandomNumberGenerator) {
  let warm = 0.12 * scene.warmth
  let tables = [1 + warm, 1, 1 - warm].map { gain in
    (0...255).map { Int16(max(0, min(255, (Double($0) * scene.brightness * gain).rounded()))) }
  }
  let table = tables[0] + tables[1] + tables[2]
  let grain = scene.noise > 0 ? normalGrain(scene.noise) : [Int16](repeating: 0, count: 256)
  rgb.withUnsafeMutableBufferPointer { bytes in
    var i = 0, left = 0
    var bits: UInt64 = 0
    while i + 2 < bytes.count {
      for channel in 0..<3 {
        if left == 0, scene.noise > 0 {
          (bits, left) = (noise.next(), 8)
        }
        let value = table[channel << 8 | Int(bytes[i + channel])] + grain[Int(bits & 255)]
        bytes[i + channel] = UInt8(max(0, min(255, value)))
        bits >>= 8
        left -= 1
      }
      i += 3
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
  var low = -6.0, high = 6.0
  for _ in 0..<40 {
    let middle = 0.5 * (low + high)
    if 0.5 * erfc(-middle / 2.0.squareRoot()) < share { low = middle } else { high = middle }
  }
  return 0.5 * (low + high)
}
