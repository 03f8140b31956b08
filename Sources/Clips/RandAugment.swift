public import Signal
public import Tensor

/// RandAugment (Cubuk et al., 2020) in the variant whose strength grows with the magnitude: as published for
/// fine-tuning, `rand-m7-n4-mstd0.5-inc1`.
///
/// `count` operations are drawn with replacement; each is done with probability ½ at a magnitude drawn from a normal
/// distribution and cut to 0...10. The same operations at the same magnitudes are done to every frame of a clip.
public struct RandAugment: Hashable, Sendable {
  public var magnitude: Double
  public var deviation: Double
  public var count: Int

  public init(magnitude: Double = 7, deviation: Double = 0.5, count: Int = 4) {
    precondition((0...10).contains(magnitude) && deviation >= 0 && count >= 0, "RandAugment \(magnitude), \(count)")
    (self.magnitude, self.deviation, self.count) = (magnitude, deviation, count)
  }

  /// What is done to each frame, in order.
  public func operations(_ random: inout RandomStream) -> [FaceOperation] {
    (0..<count).compactMap { _ in
      // All draws are made whether the operation is done or not, so that the next one does not depend on it.
      let kind = FaceOperation.Kind.allCases[random.below(FaceOperation.Kind.allCases.count)]
      let isDone = random.chance(0.5)
      let level = min(max(magnitude + deviation * random.normal(), 0), 10) / 10
      let isNegative = random.chance(0.5)
      return isDone ? FaceOperation(kind, level: level, negative: isNegative) : nil
    }
  }
}

/// One picture operation at one strength.
public enum FaceOperation: Hashable, Sendable {
  case autoContrast, equalize, invert
  /// Degrees, counter-clockwise.
  case rotate(Double)
  /// High bits that stay.
  case posterize(Int)
  /// Tones from this one on are inverted.
  case solarize(Int)
  /// Added to tones below 128.
  case solarizeAdd(Int)
  /// 1 leaves the picture as it is, 0 takes all colour (contrast, light, sharpness) away.
  case colour(Double)
  case contrast(Double)
  case brightness(Double)
  case sharpness(Double)
  /// Pixels of shift a row (a column).
  case shearX(Double)
  case shearY(Double)
  /// Shares of the side.
  case translateX(Double)
  case translateY(Double)

  /// The operations to draw from.
  public enum Kind: CaseIterable, Sendable {
    case autoContrast, equalize, invert, rotate, posterize, solarize, solarizeAdd, colour, contrast, brightness
    case sharpness, shearX, shearY, translateX, translateY
  }

  /// - Parameters:
  ///   - kind: which change.
  ///   - level: 0 to 1; the strongest is 30°, 0.3 of shear, 0.45 of the side, no bits, all tones, 110 more, factor 1.9.
  ///   - negative: the other direction, where there are two.
  public init(_ kind: Kind, level: Double, negative: Bool) {
    let sign: Double = negative ? -1 : 1
    switch kind {
    case .autoContrast: self = .autoContrast
    case .equalize: self = .equalize
    case .invert: self = .invert
    case .rotate: self = .rotate(sign * level * 30)
    case .posterize: self = .posterize(4 - Int(level * 4))
    case .solarize: self = .solarize(256 - Int(level * 256))
    case .solarizeAdd: self = .solarizeAdd(Int(level * 110))
    case .colour: self = .colour(1 + sign * level * 0.9)
    case .contrast: self = .contrast(1 + sign * level * 0.9)
    case .brightness: self = .brightness(1 + sign * level * 0.9)
    case .sharpness: self = .sharpness(1 + sign * level * 0.9)
    case .shearX: self = .shearX(sign * level * 0.3)
    case .shearY: self = .shearY(sign * level * 0.3)
    case .translateX: self = .translateX(sign * level * 0.45)
    case .translateY: self = .translateY(sign * level * 0.45)
    }
  }

  /// The face after this one change; its size stays.
  public func applied(to face: FaceCrop) -> FaceCrop {
    switch self {
    case .autoContrast: face.autoContrasted
    case .equalize: face.equalized
    case .invert: face.toned { 255 - $0 }
    case .posterize(let bits): face.toned { $0 & ~(0xff >> bits) }
    case .solarize(let from): face.toned { $0 < from ? $0 : 255 - $0 }
    case .solarizeAdd(let more): face.toned { $0 < 128 ? min($0 + more, 255) : $0 }
    case .colour(let factor): face.coloured(factor)
    case .contrast(let factor): face.contrasted(factor)
    case .brightness(let factor): face.toned { Self.blend(0, Double($0), factor) }
    case .sharpness(let factor): face.sharpened(factor)
    case .rotate(let degrees): face.warped(FaceMap(rotation: degrees, side: face.side))
    case .shearX(let shift): face.warped(FaceMap(xy: shift))
    case .shearY(let shift): face.warped(FaceMap(yx: shift))
    case .translateX(let share): face.warped(FaceMap(x: share * Double(face.side)))
    case .translateY(let share): face.warped(FaceMap(y: share * Double(face.side)))
    }
  }

  /// From `base` towards and beyond `value`, as a byte.
  static func blend(_ base: Double, _ value: Double, _ factor: Double) -> Int {
    Int(min(max(base + factor * (value - base), 0), 255))
  }
}
