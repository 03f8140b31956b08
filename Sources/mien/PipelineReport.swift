import Media

/// What `--pipeline` prints; the names are the JSON's keys.
struct PipelineReport: Encodable {
  let width, height, frames, windows, faces, people: Int
  /// Milliseconds of CPU a frame.
  let decodeMs, followMs, cropMs, windowsMs, totalMs: Double
  /// Of one core, at 30 frames a second.
  let share: Double
  /// Percent of the crop's side, from frame to frame.
  let centerJitter, sideJitter: Double

  enum CodingKeys: String, CodingKey {
    case width, height, frames, windows, faces, people, share
    case decodeMs = "decode_ms"
    case followMs = "follow_ms"
    case cropMs = "crop_ms"
    case windowsMs = "windows_ms"
    case totalMs = "total_ms"
    case centerJitter = "center_jitter"
    case sideJitter = "side_jitter"
  }

  init(_ measured: VideoBenchmark) {
    let count = Double(max(measured.frames, 1))
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    (width, height, frames) = (measured.width, measured.height, measured.frames)
    (windows, faces, people) = (measured.windowCount, measured.faces, measured.people)
    decodeMs = rounded(measured.decode / count)
    followMs = rounded(measured.follow / count)
    cropMs = rounded(measured.crop / count)
    windowsMs = rounded(measured.windows / count)
    totalMs = rounded(measured.total / count)
    share = rounded(measured.total / count * 30 / 1000)
    (centerJitter, sideJitter) = (rounded(measured.centerJitter), rounded(measured.sideJitter))
  }

  var table: String {
    """
    decode      \(decodeMs) ms of CPU a frame (\(frames) frames of \(width)×\(height))
    follow      \(followMs) ms (a face in \(faces) frames, \(people) ids)
    crop        \(cropMs) ms
    windows     \(windowsMs) ms with the filter bank (\(windows) windows)
    total       \(totalMs) ms
    share       \(share) of one core at 30 frames a second
    jitter      centre \(centerJitter) %, side \(sideJitter) % of the crop's side, from frame to frame
    """
  }
}
