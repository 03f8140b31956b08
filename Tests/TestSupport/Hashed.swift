public import Tensor

/// Tensors that are a hash of a name and an index, so that golden cases need no stored weights.
///
/// The rule is stated in Tests/Golden/make_golden.py, which computes the expected values from the same hashes.
public enum Hashed {
  /// The i-th 64-bit hash of `name`.
  public static func bits(_ name: String, count: Int) -> [UInt64] {
    let origin = fnv1a(name)
    return (0..<count).map { mix(origin, $0) }
  }

  /// float32 in [−1, 1), each through `transform`.
  public static func values(_ name: String, count: Int, _ transform: (Float) -> Float = { $0 }) -> FloatBuffer {
    let origin = fnv1a(name)
    let buffer = FloatBuffer(count: count)
    let base = buffer.base
    for index in 0..<count { base[index] = transform(Float(mix(origin, index) >> 40) / Float(1 << 23) - 1) }
    return buffer
  }

  /// The parameter `name` of the case `seed`: scaled by what kind of parameter its name says it is.
  public static func parameter(_ name: String, shape: [Int], seed: String) -> FloatBuffer {
    let count = shape.reduce(1, *)
    let full = "\(seed)/\(name)"
    if name.hasPrefix("mask_token") { return values(full, count: count) { $0 * 0.02 } }
    if name.hasSuffix("layer_weights") { return values(full, count: count) }
    if shape.count >= 2 {
      let scale = Float((3 / Double(shape.dropFirst().reduce(1, *))).squareRoot())
      return values(full, count: count) { $0 * scale }
    }
    if name.contains("norm") && (name.hasSuffix(".weight") || name.hasSuffix(".running_var")) {
      return values(full, count: count) { 1 + $0 * 0.1 }
    }
    return values(full, count: count) { $0 * 0.1 }
  }

  /// batch × (3, 16, 160, 160), uniform in [−2, 2).
  public static func video(seed: String, batch: Int) -> FloatBuffer {
    values("\(seed)/video", count: batch * 3 * 16 * 160 * 160) { 2 * $0 }
  }

  /// batch × (256, 128), uniform in [−1, 1).
  public static func audio(seed: String, batch: Int) -> FloatBuffer {
    values("\(seed)/audio", count: batch * 256 * 128)
  }

  private static func fnv1a(_ name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  @inline(__always)
  private static func mix(_ origin: UInt64, _ index: Int) -> UInt64 {
    var x = origin &+ UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15
    x = (x ^ (x >> 30)) &* 0xbf58_476d_1ce4_e5b9
    x = (x ^ (x >> 27)) &* 0x94d0_49bb_1331_11eb
    return x ^ (x >> 31)
  }
}

/// A checkpoint whose every value is hashed.
public struct HashedStore: TensorStore {
  public let names: [String]
  private let shapes: [String: [Int]]
  private let seed: String

  public init(_ tensors: [(name: String, shape: [Int])], seed: String) {
    names = tensors.map(\.name)
    shapes = Dictionary(tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { $1 })
    self.seed = seed
  }

  public func shape(of name: String) -> [Int]? { shapes[name] }

  public func values(of name: String) throws -> FloatBuffer {
    guard let shape = shapes[name] else { preconditionFailure("no tensor \(name)") }
    return Hashed.parameter(name, shape: shape, seed: seed)
  }
}
