internal import Media

/// The movies of a session, one after the other: a new one where the camera changes its format or size, appears after
/// sound was written without it, or has filled one. Decides which movie takes what; `MovieWriter` writes.
final class SessionMovies {
  /// How many samples of sound wait for the first picture, so that both have tracks in one movie.
  static let patience = 8_000
  /// Two hours at 30 pictures a second, because libavformat keeps an index of 40 bytes a picture in memory.
  static let mostPictures = 216_000

  private(set) var parts: [SessionRecorder.Part] = []
  private(set) var frames = 0
  private(set) var samples = 0
  private let folder: String
  private let zero: Int64
  private let wanted: (picture: Bool, sound: Bool)
  private let limit: Int
  private var movie: MovieWriter?
  private var held: [(samples: [Int16], time: Int64)] = []

  /// - Parameter limit: pictures in one movie.
  init(folder: String, zero: Int64, picture: Bool, sound: Bool, limit: Int = mostPictures) {
    (self.folder, self.zero, wanted, self.limit) = (folder, zero, (picture, sound), limit)
  }

  /// - Returns: false for a frame of which bytes are missing.
  func add(_ frame: CapturedFrame) throws -> Bool {
    guard let shape = MovieWriter.Shape(frame) else { return false }
    if movie == nil || movie?.shape != shape || parts[parts.count - 1].frames >= limit { try open(shape) }
    try movie?.add(frame, at: milliseconds(frame.time))
    frames += 1
    parts[parts.count - 1].frames += 1
    return true
  }

  func add(_ sound: [Int16], time: Int64) throws {
    if movie == nil {
      held.append((sound, time))
      if wanted.picture, held.reduce(0, { $0 + $1.samples.count }) < Self.patience { return }
      try open(nil)
    } else {
      try write(sound, time)
    }
  }

  func flush() throws { try movie?.flush() }

  func finish() throws {
    if movie == nil, !held.isEmpty { try open(nil) }
    defer { movie = nil }
    try movie?.finish()
  }

  private func open(_ shape: MovieWriter.Shape?) throws {
    try movie?.finish()
    let name = SessionFolder.movie(parts.count)
    movie = try MovieWriter(folder + "/" + name, shape: shape, hasSound: wanted.sound)
    parts.append(
      .init(
        file: name, codec: shape?.codec, width: shape?.width ?? 0, height: shape?.height ?? 0, firstFrame: frames,
        hasSound: wanted.sound, firstSample: samples))
    for (sound, time) in held { try write(sound, time) }
    held = []
  }

  private func write(_ sound: [Int16], _ time: Int64) throws {
    try movie?.add(sound, at: milliseconds(time))
    samples += sound.count
    parts[parts.count - 1].samples += sound.count
  }

  /// Players know no time before zero.
  private func milliseconds(_ time: Int64) -> Int64 { max(time - zero, 0) / 1_000_000 }
}
