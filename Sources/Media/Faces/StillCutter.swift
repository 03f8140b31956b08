internal import CFFmpeg
internal import Files
internal import Glibc
public import Signal

/// Cuts faces out of sheets of stills: pictures that hold many small ones, in rows and columns of equal cells.
///
/// Not for two threads at once: it holds the sheet that was opened last. Use one a thread, with cells of one sheet after
/// each other.
public final class StillCutter {
  /// Where the eyes and the middle of the mouth are in a cell, as seen in the picture; in pixels of the cell.
  public struct Points: Sendable {
    public var leftEye, rightEye: (x: Double, y: Double)
    /// nil: not known.
    public var mouth: (x: Double, y: Double)?

    public init(leftEye: (x: Double, y: Double), rightEye: (x: Double, y: Double), mouth: (x: Double, y: Double)?) {
      (self.leftEye, self.rightEye, self.mouth) = (leftEye, rightEye, mouth)
    }
  }

  private let framing: FaceFraming
  private var open: (path: String, sheet: ColourRegion)?

  /// - Parameter framing: where the eyes come to lie.
  public init(framing: FaceFraming) { self.framing = framing }

  /// The face in a cell, `framing.size` square. Where the cell has ended its border goes on: black would be an edge that no
  /// camera sees below a chin.
  ///
  /// - Parameters:
  ///   - path: of the sheet (png, jpg or bmp).
  ///   - row: of the cell, from 0.
  ///   - column: of the cell, from 0.
  ///   - side: of a cell in pixels.
  ///   - points: where the face is in it.
  /// - Throws: `MediaError`: the sheet cannot be read, or does not have the cell.
  public func face(sheet path: String, row: Int, column: Int, side: Int, points: Points) throws -> FaceCrop {
    let sheet = try sheet(path)
    guard row >= 0, column >= 0, (row + 1) * side <= sheet.height, (column + 1) * side <= sheet.width else {
      throw MediaError(
        library: "mien", operation: "cut a still",
        message:
          "row \(row), column \(column) of \(side)×\(side) pixels lies outside its \(sheet.width)×\(sheet.height)",
        path: path, kind: .badData)
    }
    // Half a side of border on every side is more than a framing shows.
    let border = side / 2
    let whole = side + 2 * border
    var pixels: [UInt8] = []
    pixels.reserveCapacity(3 * whole * whole)
    for line in -border..<side + border {
      let start = (row * side + min(max(line, 0), side - 1)) * sheet.stride
      for place in -border..<side + border {
        let at = start + 3 * (column * side + min(max(place, 0), side - 1))
        pixels += sheet.pixels[at..<at + 3]
      }
    }
    let cell = ColourRegion(x: 0, y: 0, width: whole, height: whole, stride: 3 * whole, pixels: pixels)
    func moved(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
      (point.x + Double(border), point.y + Double(border))
    }
    let square = framing.square(
      leftEye: moved(points.leftEye), rightEye: moved(points.rightEye), mouth: points.mouth.map(moved))
    return FaceWarp.crop(cell, square, size: framing.size)
  }

  private func sheet(_ path: String) throws -> ColourRegion {
    if let open, open.path == path { return open.sheet }
    let picture = try ImageFolder.read(path)
    let all = PixelBox(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height))
    guard let colours = try PictureConverter(path: path).colour(picture, part: all) else {
      preconditionFailure("\(path): a picture without pixels")
    }
    open = (path, colours)
    return colours
  }
}
