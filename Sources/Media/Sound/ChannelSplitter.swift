internal import CFFmpeg
internal import Files

/// Frames of sound of several channels, of any sample type, as a plane of floats for each channel; frees its context.
final class ChannelSplitter {
  private var context: OpaquePointer?
  private let channels: Int
  private let path: String

  /// - Throws: `MediaError` for what libswresample does not know.
  init(_ layout: AVChannelLayout, format: AVSampleFormat, rate: Int32, path: String) throws {
    (self.path, channels) = (path, Int(layout.nb_channels))
    // libav wants to change neither, but Swift cannot know.
    var (source, target) = (layout, layout)
    var code = swr_alloc_set_opts2(
      &context, &target, AV_SAMPLE_FMT_FLTP, rate, &source, format, rate, 0, nil)
    if code >= 0 { code = swr_init(context) }
    guard code >= 0 else {
      swr_free(&context)
      throw MediaError.libav(
        "libswresample", "read its \(channels) channels", code: code, path: path, kind: .unsupported)
    }
  }

  deinit { swr_free(&context) }

  /// Gives `body` the channels of `count` samples.
  func split<Result>(
    _ planes: UnsafeMutablePointer<UnsafePointer<UInt8>?>, count: Int, _ body: ([UnsafePointer<Float>]) throws -> Result
  ) throws -> Result {
    let store = UnsafeMutablePointer<Float>.allocate(capacity: channels * count)
    defer { store.deallocate() }
    var targets: [UnsafeMutablePointer<UInt8>?] = (0..<channels).map {
      UnsafeMutableRawPointer(store + $0 * count).assumingMemoryBound(to: UInt8.self)
    }
    let code = swr_convert(context, &targets, Int32(count), planes, Int32(count))
    guard code == count else { throw MediaError.libav("libswresample", "read its channels", code: code, path: path) }
    return try body((0..<channels).map { UnsafePointer(store + $0 * count) })
  }
}
