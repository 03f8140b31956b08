public import Signal

extension FaceCrop {
  /// A part of the face, stretched to a square of `side` pixels: antialiased bilinear, as when faces are cut from
  /// pictures. What lies outside the part has no influence. The whole face at its own side comes back unchanged.
  public func part(x: Int, y: Int, width: Int, height: Int, side size: Int) -> FaceCrop {
    precondition(
      x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= side && y + height <= side && size > 0,
      "\(width)×\(height) at (\(x), \(y)) of a face of side \(side)")
    return FaceWarp.part(self, x: x, y: y, width: width, height: height, size: size)
  }
}
