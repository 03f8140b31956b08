package import Signal

/// Cuts the model's face input out of decoded pictures: the same pixels for the same picture and square, always.
package final class FaceCutter {
  private let converter: PictureConverter
  private let size: Int
  /// The frames are aligned faces already: the whole picture is the crop.
  private let isWhole: Bool

  package init(_ converter: PictureConverter, faces: FaceChoice, framing: FaceFraming) {
    (self.converter, size, isWhole) = (converter, framing.size, faces == .none)
  }

  /// nil: the square lies outside the picture.
  package func cut(_ picture: Picture, _ square: FaceSquare) throws -> FaceCrop? {
    guard !isWhole else {
      let all = PixelBox(x: 0, y: 0, width: Double(picture.stored.width), height: Double(picture.stored.height))
      return try converter.colour(picture, part: all).map { FaceWarp.whole(picture, $0, size: size) }
    }
    let part = FaceWarp.footprint(picture, square, size: size)
    return try converter.colour(picture, part: part).map { FaceWarp.crop(picture, $0, square, size: size) }
  }
}
