internal import Glibc
public import Tensor

/// Random erasing (Zhong et al., 2020): one box, the same in all frames, filled with Gaussian noise.
public struct RandomErasing: Hashable, Sendable {
  public var probability: Double
  /// Shares of the area, and height over width, which is drawn evenly in its logarithm.
  static let area = 0.02...1.0 / 3
  static let aspect = 0.3...1 / 0.3

  public init(probability: Double = 0.25) {
    precondition((0...1).contains(probability), "erasing with probability \(probability)")
    self.probability = probability
  }

  /// nil: nothing is erased.
  public func part(side: Int, random: inout RandomStream) -> FacePart? {
    guard random.chance(probability) else { return nil }
    let (low, high) = (log(Self.aspect.lowerBound), log(Self.aspect.upperBound))
    for _ in 0..<100 {
      let wanted = random.uniform(Self.area.lowerBound, Self.area.upperBound) * Double(side * side)
      let shape = exp(random.uniform(low, high))
      let height = Int((wanted * shape).squareRoot().rounded())
      let width = Int((wanted / shape).squareRoot().rounded())
      guard (1..<side).contains(width), (1..<side).contains(height) else { continue }
      return FacePart(
        x: random.below(side - width + 1), y: random.below(side - height + 1), width: width, height: height)
    }
    return nil
  }

  /// Standard normal values into the box of every frame.
  /// - Parameter video: (3, frames, side, side), normalised.
  func erase(_ part: FacePart, in video: UnsafeMutableBufferPointer<Float>, side: Int, random: inout RandomStream) {
    for plane in 0..<video.count / (side * side) {
      for y in part.y..<part.y + part.height {
        let row = (plane * side + y) * side
        for x in part.x..<part.x + part.width { video[row + x] = Float(random.normal()) }
      }
    }
  }
}
