internal import Glibc
public import Signal
public import Tensor

/// A rectangle of a face in pixels.
public struct FacePart: Hashable, Sendable {
  public var x, y, width, height: Int

  public init(x: Int, y: Int, width: Int, height: Int) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}

/// Pre-training's crop: four sizes, aspect off by one step at most, at 13 fixed places; no flip.
public struct MultiScaleCrop: Hashable, Sendable {
  /// Sides as shares of the face's, truncated to pixels: 160, 140, 120 and 105 of 160.
  public static let scales = [1, 0.875, 0.75, 0.66]
  /// Places in quarters of the room that is left: corners, edges' middles, centre, and half way to the corners.
  static let places = [
    (0, 0), (4, 0), (0, 4), (4, 4), (2, 2), (0, 2), (4, 2), (2, 4), (2, 0), (1, 1), (3, 1), (1, 3), (3, 3),
  ]

  public init() {}

  /// Every size is equally likely, and every place.
  public func part(side: Int, random: inout RandomStream) -> FacePart {
    let sides = Self.scales.map { Int($0 * Double(side)) }
    var pairs: [(width: Int, height: Int)] = []
    for (i, height) in sides.enumerated() {
      for (j, width) in sides.enumerated() where abs(i - j) <= 1 { pairs.append((width, height)) }
    }
    let size = pairs[random.below(pairs.count)]
    let place = Self.places[random.below(Self.places.count)]
    return FacePart(
      x: place.0 * ((side - size.width) / 4), y: place.1 * ((side - size.height) / 4), width: size.width,
      height: size.height)
  }
}

/// Fine-tuning's crop: a random share of the area in a random shape.
public struct RandomResizedCrop: Hashable, Sendable {
  /// Shares of the area, and width over height, which is drawn evenly in its logarithm.
  public var area, aspect: ClosedRange<Double>

  /// The published numbers.
  public init(area: ClosedRange<Double> = 0.08...1, aspect: ClosedRange<Double> = 0.75...1.3333) {
    precondition(area.lowerBound > 0 && area.upperBound <= 1 && aspect.lowerBound > 0, "a crop of \(area), \(aspect)")
    (self.area, self.aspect) = (area, aspect)
  }

  /// A shape that does not fit is drawn again, ten times at most; then the whole face is taken.
  public func part(side: Int, random: inout RandomStream) -> FacePart {
    let whole = Double(side * side)
    for _ in 0..<10 {
      let wanted = random.uniform(area.lowerBound, area.upperBound) * whole
      let shape = exp(random.uniform(log(aspect.lowerBound), log(aspect.upperBound)))
      var width = Int((wanted * shape).squareRoot().rounded())
      var height = Int((wanted / shape).squareRoot().rounded())
      if random.chance(0.5) { swap(&width, &height) }
      guard (1...side).contains(width), (1...side).contains(height) else { continue }
      return FacePart(
        x: random.below(side - width + 1), y: random.below(side - height + 1), width: width, height: height)
    }
    return FacePart(x: 0, y: 0, width: side, height: side)
  }
}

extension FaceCrop {
  /// Mirrored left to right.
  public var flipped: FaceCrop {
    var result = self
    for y in 0..<side {
      for x in 0..<side {
        let (to, from) = ((y * side + x) * 3, (y * side + side - 1 - x) * 3)
        for channel in 0..<3 { result.pixels[to + channel] = pixels[from + channel] }
      }
    }
    return result
  }
}
