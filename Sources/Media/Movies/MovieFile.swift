internal import CFFmpeg
internal import Glibc
internal import Signal

/// Writes a whole short movie: Matroska with pictures as JPEG and 16 kHz sound as FLAC.
///
/// The same pictures and samples give the same bytes.
public final class MovieFile {
  public let path: String
  public let width, height: Int
  private let movie: MovieWriter
  private let scaler = Scaler()
  private let rate: Int
  private var frames = 0
  private var samples = 0

  /// - Parameters:
  ///   - path: the file, which is written anew.
  ///   - width: of every picture in pixels, even.
  ///   - height: of every picture in pixels, even.
  ///   - rate: pictures a second; 1000 is a multiple of it.
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public init(_ path: String, width: Int, height: Int, rate: Int = 25) throws {
    precondition(width > 0 && height > 0 && width % 2 == 0 && height % 2 == 0, "a movie of \(width)×\(height)")
    precondition(rate > 0 && 1000 % rate == 0, "\(rate) pictures a second")
    (self.path, self.width, self.height, self.rate) = (path, width, height, rate)
    let like = Self.captured([0], index: 0, width, height)
    movie = try MovieWriter(path, shape: MovieWriter.Shape(like), hasSound: true)
  }

  /// The next picture and the sound that goes with it.
  /// - Parameters:
  ///   - rgb: row-major, three bytes a pixel.
  ///   - sound: in [-1, 1].
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public func add(rgb: [UInt8], sound: some Sequence<Float>) throws {
    // libav's third finest: a webcam's JPEG is no better.
    let jpeg = try JPEGFile.encode(
      rgb, width: width, height: height, format: AV_PIX_FMT_YUVJ420P, quality: 3, with: scaler, path: path)
    try movie.add(Self.captured(jpeg, index: frames, width, height), at: Int64(frames * 1000 / rate))
    let whole = sound.map { Int16(min(max(($0 * 32768).rounded(), -32768), 32767)) }
    if !whole.isEmpty { try movie.add(whole, at: Int64(samples * 1000 / AudioChunk.rate)) }
    frames += 1
    samples += whole.count
  }

  /// Writes what players want at the end. Nothing may be added after it.
  /// - Throws: `MediaError` of kind `.cannotWrite`.
  public func finish() throws { try movie.finish() }

  private static func captured(_ jpeg: [UInt8], index: Int, _ width: Int, _ height: Int) -> CapturedFrame {
    CapturedFrame(
      index: index, time: 0, sequence: 0, droppedBefore: 0, format: .jpeg, width: width, height: height, bytes: jpeg)
  }
}
