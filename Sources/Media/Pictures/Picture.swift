internal import CFFmpeg
internal import Signal

/// A decoded picture and its orientation; sizes and boxes are upright.
package final class Picture {
  let frame: Frame
  let orientation: Orientation
  /// Set by `PictureConverter` for formats whose brightness is not a plane of bytes.
  var luma: Frame?

  init(_ frame: Frame, _ orientation: Orientation) { (self.frame, self.orientation) = (frame, orientation) }

  var stored: (width: Int, height: Int) { (frame.width, frame.height) }
  var width: Int { orientation.uprightSize(frame.width, frame.height).width }
  var height: Int { orientation.uprightSize(frame.width, frame.height).height }
}

/// 8-bit brightness, upright, rows without padding; and where it lies in the picture.
struct GrayPicture {
  var width, height: Int
  var pixels: [UInt8]
  /// What it shows, in upright source pixels.
  var region: PixelBox

  /// From pixels of this picture to upright source pixels.
  func source(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (region.x + x * region.width / Double(width), region.y + y * region.height / Double(height))
  }
}

/// RGB bytes of a part of a picture, in stored orientation; and where it lies.
struct ColourRegion {
  var x, y, width, height: Int
  /// Bytes from row to row.
  var stride: Int
  var pixels: [UInt8]
}
