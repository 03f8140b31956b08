internal import CDlib
internal import Files
internal import Signal

/// dlib's frontal face detector on brightness; finds faces from about 80 pixels.
///
/// Where and how often to look is `FaceFollower`'s business.
final class FaceDetector {
  private let handle: OpaquePointer
  private static let capacity = 32

  init() throws {
    var message = [CChar](repeating: 0, count: 256)
    guard let handle = cdl_detector_create(&message, Int32(message.count)) else {
      throw dlibError("make a face detector", message, path: "mien", kind: .unsupported)
    }
    self.handle = handle
  }

  deinit { cdl_detector_free(handle) }

  /// Faces, best first, in upright source pixels.
  /// - Parameter levels: only so many sizes, from 80 px up in steps of 1.2; nil: all.
  func find(_ gray: GrayPicture, levels: Int32? = nil, path: String, threshold: Double = 0) throws -> [DetectedFace] {
    var faces = [cdl_face](repeating: cdl_face(), count: Self.capacity)
    var message = [CChar](repeating: 0, count: 256)
    let count = withGray(gray) {
      cdl_detector_find(
        handle, $0, levels ?? 0, threshold, &faces, Int32(Self.capacity), &message, Int32(message.count))
    }
    guard count >= 0 else { throw dlibError("look for faces", message, path: path, kind: .badData) }
    return faces.prefix(Int(count)).map { face in
      let from = gray.source(face.left, face.top)
      let to = gray.source(face.left + face.width, face.top + face.height)
      let box = PixelBox(x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y)
      return DetectedFace(box: box, score: face.score)
    }
  }
}

/// Lends brightness to dlib.
func withGray<Answer>(_ gray: GrayPicture, _ body: (cdl_gray) -> Answer) -> Answer {
  gray.pixels.withUnsafeBufferPointer {
    body(
      cdl_gray(
        pixels: $0.baseAddress, width: Int32(gray.width), height: Int32(gray.height), stride: Int32(gray.width)))
  }
}

/// What the C interface wrote about an exception.
func dlibError(_ operation: String, _ message: [CChar], path: String, kind: FailureKind) -> MediaError {
  let text = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  return MediaError(library: "dlib", operation: operation, message: text, path: path, kind: kind)
}
