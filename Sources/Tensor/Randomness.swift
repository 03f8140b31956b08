internal import Glibc

/// SplitMix64: a small generator whose whole state is its seed, for fresh weights and tests. Not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var x = state
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }

  /// A stream of its own for every name, so that values do not depend on the order in which names are read.
  public init(seed: UInt64, name: String) {
    // FNV-1a.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    var mixer = SplitMix64(seed: seed ^ hash)
    self.init(seed: mixer.next())
  }

  /// Uniform in [−1, 1).
  public mutating func symmetric() -> Float { Float(next() >> 40) / Float(1 << 23) - 1 }

  /// Standard normal (Box and Muller), in double precision.
  public mutating func normal() -> Double {
    let u = (Double(next() >> 11) + 1) / Double(1 << 53)
    let v = Double(next() >> 11) / Double(1 << 53)
    return (-2 * log(u)).squareRoot() * cos(2 * Double.pi * v)
  }
}
