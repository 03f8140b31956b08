import Recognition
import Signal

/// A source that remembers some of the faces that went through, evenly over the time.
final class FaceStrip: ReplaySource {
  struct Moment {
    var time: Instant
    /// nil: nobody was there.
    var face: FaceCrop?
  }

  private let source: any ReplaySource
  private(set) var moments: [Moment] = []
  private var interval = Instant(nanoseconds: 250_000_000)
  private var due = Instant.zero
  private let capacity: Int

  /// - Parameter capacity: how many are remembered at most: when there are more, every second one is forgotten.
  init(_ source: any ReplaySource, capacity: Int = 128) { (self.source, self.capacity) = (source, capacity) }

  var schedule: WindowSchedule { source.schedule }
  var hasVideo: Bool { source.hasVideo }
  var hasAudio: Bool { source.hasAudio }
  var videoHasEnded: Bool { source.videoHasEnded }
  var audioHasEnded: Bool { source.audioHasEnded }
  var damage: [String] { source.damage }
  var end: Instant? { source.end }
  var skippedWindows: SkippedWindows { source.skippedWindows }

  func nextFrame() throws -> FaceFrame<FaceCrop>? {
    guard let frame = try source.nextFrame() else { return nil }
    // A face that no window asks for has not been cut out.
    if frame.time >= due, frame.face == nil || frame.crop != nil {
      moments.append(Moment(time: frame.time, face: frame.crop))
      if moments.count > capacity {
        moments = stride(from: 0, to: moments.count, by: 2).map { moments[$0] }
        interval = interval + interval
      }
      due = frame.time + interval
    }
    return frame
  }

  func nextChunk() throws -> AudioChunk? { try source.nextChunk() }

  /// The one nearest to a time.
  func nearest(_ time: Double) -> Moment? {
    moments.min { abs($0.time.seconds - time) < abs($1.time.seconds - time) }
  }
}
