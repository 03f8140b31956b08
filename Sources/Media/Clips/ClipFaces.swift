internal import Files
public import Signal

/// The faces of one clip of an evaluation list: a folder of face images, or a recording whose face is followed.
public enum ClipFaces {
  /// Reads the frames that `choose` picks, given how many there are; repeats are allowed.
  ///
  /// A folder's images are taken as aligned faces and resized to the framing's size; a recording is read twice, once to
  /// count its frames. A frame without a face has the crop before it, the first ones the crop after.
  ///
  /// - Returns: nil where none of the picked frames of a recording has a face.
  /// - Throws: `MediaError` for a clip that is missing, broken or cut short: a part of it would be evaluated as the
  ///   whole. And whatever `choose` throws.
  public static func read(
    _ path: String, options: Recording.Options = Recording.Options(), choose: (Int) throws -> [Int]
  ) throws -> [FaceCrop]? {
    try read(.path(path), options: options, choose: choose)
  }

  /// The same for a clip that may lie in memory.
  public static func read(
    _ source: MediaSource, options: Recording.Options = Recording.Options(), choose: (Int) throws -> [Int]
  ) throws -> [FaceCrop]? {
    let path = source.description
    if let folder = try pictures(source) {
      let wanted = try choose(folder.files.count)
      let converter = PictureConverter(path: path)
      var crops: [Int: FaceCrop] = [:]
      for index in wanted where crops[index] == nil {
        crops[index] = try whole(folder, index, converter, options)
      }
      return wanted.compactMap { crops[$0] }
    }
    let wanted = try choose(try frames(source, options))
    let set = Set(wanted)
    let packets = try PacketSource(container(source), wanted: [.picture], choices: options.tracks)
    guard let feed = try VideoTrack(packets, threads: options.decodeThreads) else { throw noPicture(path) }
    // Every frame up to the last wanted one is followed; a crop is kept for frames that are wanted or stand in.
    let frames = try FollowedVideo(feed, path: path, options: options) { index, _, _ in set.contains(index) }
    frames.zero = frames.firstTime ?? .zero
    var crops: [Int: FaceCrop] = [:]
    while let frame = try frames.next() {
      if set.contains(frame.index) { crops[frame.index] = frame.crop }
    }
    guard let first = crops.keys.min().flatMap({ crops[$0] }) else { return nil }
    var standing = first
    var filled: [Int: FaceCrop] = [:]
    for index in set.sorted() {
      standing = crops[index] ?? standing
      filled[index] = standing
    }
    return wanted.compactMap { filled[$0] }
  }

  /// Decodes without following, to count and to see that nothing is missing.
  private static func frames(_ source: MediaSource, _ options: Recording.Options) throws -> Int {
    let path = source.description
    let packets = try PacketSource(container(source), wanted: [.picture], choices: options.tracks)
    guard let feed = try VideoTrack(packets, threads: options.decodeThreads) else { throw noPicture(path) }
    var count = 0
    while try feed.next() != nil { count += 1 }
    if let error = MediaError.damaged("use the clip", packets.damage + feed.damage, path: path) { throw error }
    guard count > 0 else { throw noPicture(path) }
    return count
  }

  /// The still pictures of a clip; nil where it is a recording.
  static func pictures(_ source: MediaSource) throws -> ImageFolder? {
    switch source {
    case .path(let path): try isFolder(path) ? ImageFolder(path) : nil
    case .memory: nil
    case .pictures(let members, let name): try ImageFolder(members, name: name)
    }
  }

  /// A clip that is a recording, to be opened.
  static func container(_ source: MediaSource) -> ContainerInput {
    switch source {
    case .path(let path): .file(path)
    case .memory(let bytes): .memory(bytes)
    case .pictures(_, let name): preconditionFailure("\(name): still pictures are no recording")
    }
  }

  static func noPicture(_ path: String) -> MediaError {
    MediaError(
      library: "mien", operation: "use the clip", message: "it has no picture that can be decoded", path: path,
      kind: .badData)
  }
}
