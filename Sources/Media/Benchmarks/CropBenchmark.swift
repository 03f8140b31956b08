internal import Signal

/// The crop of one face as a live session makes it, for timing: a square of 240 pixels, a little turned, out of 640×480.
package struct CropBenchmark {
  package let shape = "240→160, turned"
  private let colours: ColourRegion
  private let square: FaceSquare

  package init() {
    let (width, height) = (640, 480)
    let pixels = (0..<width * height * 3).map { UInt8(truncatingIfNeeded: $0 &* 37 >> 3) }
    colours = ColourRegion(x: 0, y: 0, width: width, height: height, stride: width * 3, pixels: pixels)
    square = FaceSquare(centerX: 320, centerY: 240, side: 240, angle: 0.1)
  }

  /// Cuts it once.
  package func run() { _ = FaceWarp.crop(colours, square, size: 160) }
}
