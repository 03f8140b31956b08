public import Signal

extension ClipFaces {
  /// Every frame of a clip in order, with its face; nil where there is none. One pass, and no more than one frame in
  /// memory.
  ///
  /// The same faces as `read` gives: a folder's images whole, a recording's face followed and cut.
  /// - Returns: the number of frames.
  /// - Throws: `MediaError` for a clip that is missing, broken or cut short (then after its last frame), and whatever
  ///   `body` throws.
  @discardableResult
  public static func each(
    _ path: String, options: Recording.Options = Recording.Options(), _ body: (Int, FaceCrop?) throws -> Void
  ) throws -> Int {
    try each(.path(path), options: options, body)
  }

  /// The same for a clip that may lie in memory.
  @discardableResult
  public static func each(
    _ source: MediaSource, options: Recording.Options = Recording.Options(), _ body: (Int, FaceCrop?) throws -> Void
  ) throws -> Int {
    let path = source.description
    if let folder = try pictures(source) {
      let converter = PictureConverter(path: path)
      for index in folder.files.indices { try body(index, whole(folder, index, converter, options)) }
      return folder.files.count
    }
    let packets = try PacketSource(container(source), wanted: [.picture], choices: options.tracks)
    guard let feed = try VideoTrack(packets, threads: options.decodeThreads) else { throw noPicture(path) }
    let frames = try FollowedVideo(feed, path: path, options: options) { _, _, _ in true }
    frames.zero = frames.firstTime ?? .zero
    var count = 0
    while let frame = try frames.next() {
      try body(frame.index, frame.crop)
      count += 1
    }
    if let error = MediaError.damaged("use the clip", packets.damage + feed.damage, path: path) { throw error }
    guard count > 0 else { throw noPicture(path) }
    return count
  }

  /// An image of a folder as a face.
  static func whole(
    _ folder: ImageFolder, _ index: Int, _ converter: PictureConverter, _ options: Recording.Options
  ) throws -> FaceCrop? {
    let picture = try folder.picture(index)
    let all = PixelBox(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height))
    return try converter.colour(picture, part: all).map {
      FaceWarp.whole(picture, $0, size: options.framing.size)
    }
  }
}
