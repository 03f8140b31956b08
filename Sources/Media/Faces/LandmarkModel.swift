internal import CDlib
internal import CFFmpeg
internal import Files
internal import Signal

/// dlib's landmark model, supplied by the user, which places the eyes of a face that was found.
///
/// Models of 5 points (two corners of each eye, the nose) and of 68 points are understood.
public final class LandmarkModel: @unchecked Sendable {
  // @unchecked because after init the predictor is only read: dlib's call is const, with its scratch on the stack.

  /// sha256 of shape_predictor_5_face_landmarks.dat as dlib.net gives it.
  public static let published = "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888"

  private let handle: OpaquePointer
  private let points: Int
  private let path: String

  /// - Parameters:
  ///   - path: the file, as dlib publishes it.
  ///   - allowAny: take a file other than the published one.
  /// - Throws: `MediaError` if the file is missing, another one, or no landmark model.
  public init(path: String, allowAny: Bool = false) throws {
    let bytes = try readBytes(path, limit: 512 << 20)
    let digest = sha256(bytes)
    guard allowAny || digest == Self.published else {
      throw MediaError(
        library: "mien", operation: "use as a landmark model",
        message: "its sha256 is \(digest), not that of dlib's 5-point model; --landmarks-any takes it all the same",
        path: path, kind: .badData)
    }
    var message = [CChar](repeating: 0, count: 256)
    guard let handle = cdl_landmarks_create(bytes, bytes.count, &message, Int32(message.count)) else {
      throw dlibError("read as a landmark model", message, path: path, kind: .badData)
    }
    let points = Int(cdl_landmarks_points(handle))
    guard points == 5 || points == 68 else {
      cdl_landmarks_free(handle)
      throw MediaError(
        library: "dlib", operation: "use as a landmark model", message: "it has \(points) points, not 5 or 68",
        path: path, kind: .unsupported)
    }
    (self.handle, self.points, self.path) = (handle, points, path)
  }

  deinit { cdl_landmarks_free(handle) }

  /// The eyes' centres of the face in `box` (upright source pixels).
  func eyes(in gray: GrayPicture, box: PixelBox) throws -> EyePair {
    let (sx, sy) = (Double(gray.width) / gray.region.width, Double(gray.height) / gray.region.height)
    let face = cdl_face(
      left: (box.x - gray.region.x) * sx, top: (box.y - gray.region.y) * sy, width: box.width * sx,
      height: box.height * sy, score: 0)
    var places = [cdl_point](repeating: cdl_point(), count: points)
    var message = [CChar](repeating: 0, count: 256)
    let count = withGray(gray) {
      cdl_landmarks_place(handle, $0, face, &places, Int32(points), &message, Int32(message.count))
    }
    guard count == points else { throw dlibError("place landmarks", message, path: path, kind: .badData) }
    func centre(_ range: Range<Int>) -> (x: Double, y: Double) {
      // A point is a pixel; its middle is half a pixel on.
      let x = range.map { places[$0].x }.reduce(0, +) / Double(range.count) + 0.5
      let y = range.map { places[$0].y }.reduce(0, +) / Double(range.count) + 0.5
      return gray.source(x, y)
    }
    let eyes = points == 5 ? [centre(0..<2), centre(2..<4)] : [centre(36..<42), centre(42..<48)]
    let (left, right) = eyes[0].x < eyes[1].x ? (eyes[0], eyes[1]) : (eyes[1], eyes[0])
    return EyePair(leftX: left.x, leftY: left.y, rightX: right.x, rightY: right.y)
  }
}

/// Hexadecimal sha256.
func sha256(_ bytes: [UInt8]) -> String {
  guard let context = av_sha_alloc() else { fatalError("out of memory") }
  defer { av_free(UnsafeMutableRawPointer(context)) }
  var digest = [UInt8](repeating: 0, count: 32)
  av_sha_init(context, 256)
  av_sha_update(context, bytes, bytes.count)
  av_sha_final(context, &digest)
  let digits = Array("0123456789abcdef")
  return String(digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
}
