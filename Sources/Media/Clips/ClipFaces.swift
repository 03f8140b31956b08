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
    if isFolder(path) {
      let folder = try ImageFolder(path)
      let wanted = try choose(folder.files.count)
      let converter = PictureConverter(path: path)
      var crops: [Int: FaceCrop] = [:]
      for index in wanted where crops[index] == nil {
        crops[index] = try whole(folder, index, converter, options)
      }
      return wanted.compactMap { crops[$0] }
    }
    let wanted = try choose(try frames(path, threads: options.decodeThreads))
    let set = Set(wanted)
    let source = try PacketSource(url: "file:\(path)", path: path, wanted: [.picture])
    guard let feed = try PictureTrack(source, threads: options.decodeThreads) else { throw noPicture(path) }
    // Every frame up to the last wanted one is followed; a crop is kept for frames that are wanted or stand in.
    let frames = try FollowedPicture(feed, path: path, options: options) { index, _, _ in set.contains(index) }
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
  private static func frames(_ path: String, threads: Int) throws -> Int {
    let source = try PacketSource(url: "file:\(path)", path: path, wanted: [.picture])
    guard let feed = try PictureTrack(source, threads: threads) else { throw noPicture(path) }
    var count = 0
    while try feed.next() != nil { count += 1 }
    if let error = MediaError.damaged("use the clip", source.damage + feed.damage, path: path) { throw error }
    guard count > 0 else { throw noPicture(path) }
    return count
  }

  static func noPicture(_ path: String) -> MediaError {
    MediaError(
      library: "mien", operation: "use the clip", message: "it has no picture that can be decoded", path: path,
      kind: .badData)
  }
}
