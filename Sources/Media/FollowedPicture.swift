internal import Glibc
internal import Signal

/// Decode, follow, cut: the frames of a feed with the face in front, and its crop where a window asks for it.
///
/// `FaceFollower` decides where and when to look; here the looking is done. One decoded picture is held back, because
/// whether a window wants it depends on when the next one comes.
final class FollowedPicture {
  private let feed: any PictureFeed
  private let path: String
  private let options: Recording.Options
  private let converter: PictureConverter
  private var follower: FaceFollower
  private var detector: FaceDetector?
  private var held: TimedPicture?
  private var index = 0
  private let wants: (_ index: Int, _ time: Instant, _ next: Instant?) -> Bool
  /// The first picture's time on the feed's clock; nil: no picture at all.
  let firstTime: Instant?
  /// What the feed's clock shows when the session's shows zero.
  var zero = Instant.zero

  /// - Parameter wants: whether the crop of the frame with this index and time is asked for, given when the next frame
  ///   begins (nil: none follows, and its crop is always kept).
  init(
    _ feed: any PictureFeed, path: String, options: Recording.Options,
    wants: @escaping (_ index: Int, _ time: Instant, _ next: Instant?) -> Bool
  ) throws {
    (self.feed, self.path, self.options, self.wants) = (feed, path, options, wants)
    converter = PictureConverter(path: path)
    follower = FaceFollower(choice: options.faces, framing: options.framing)
    if options.faces != .none { detector = try FaceDetector() }
    if let folder = options.saveCrops, mkdir(folder, 0o777) != 0, errno != EEXIST {
      throw MediaError.system("make the folder", path: folder, kind: .cannotWrite)
    }
    held = try feed.next()
    firstTime = held?.time
  }

  func next() throws -> FaceFrame<FaceCrop>? {
    guard let current = held else { return nil }
    held = try feed.next()
    let time = current.time - zero
    let following = held.map { $0.time - zero }
    let end = following ?? time + current.duration
    let face = try follow(current.picture, at: time)
    var crop: FaceCrop?
    if let face, following == nil || wants(index, time, following) {
      crop = try cut(current.picture, face)
      if let folder = options.saveCrops, let crop { try save(crop, at: time, in: folder) }
    }
    defer { index += 1 }
    return FaceFrame(
      index: index, time: time, duration: end - time, face: face, crop: crop, droppedBefore: current.droppedBefore)
  }

  private func follow(_ picture: Picture, at time: Instant) throws -> FollowedFace? {
    var failure: (any Error)?
    func signature(_ box: PixelBox) -> [Float] {
      do { return try converter.signature(picture, box: box) } catch {
        failure = error
        return []
      }
    }
    follower.begin(time: time, width: picture.width, height: picture.height, signature: signature)
    while let search = follower.nextSearch() { follower.found(try look(picture, search)) }
    let face = follower.finish(signature: signature)
    if let failure { throw failure }
    return face
  }

  private func look(_ picture: Picture, _ search: FaceSearch) throws -> [DetectedFace] {
    var faces: [DetectedFace]
    let isWhole: Bool
    switch search {
    case .whole(let width):
      let all = PixelBox(x: 0, y: 0, width: Double(picture.width), height: Double(picture.height))
      (faces, isWhole) = (try find(picture, all, scale: Double(width) / all.width), true)
    case .near(let region, let scale): (faces, isWhole) = (try find(picture, region, scale: scale), false)
    }
    for i in faces.indices.prefix(follower.policy.people) {
      faces[i] = try measured(picture, faces[i], again: isWhole)
    }
    if let landmarks = options.landmarks {
      for i in faces.indices { faces[i].eyes = try eyes(picture, faces[i].box, landmarks) }
    }
    return faces
  }

  private func find(_ picture: Picture, _ region: PixelBox, scale: Double) throws -> [DetectedFace] {
    guard let detector, let gray = try converter.gray(picture, region: region, scale: scale) else { return [] }
    return try detector.find(gray, path: path)
  }

  /// The mean box of a found face over looks at several scales of its own.
  ///
  /// dlib's detector moves in steps of 8 px in place and 1.2 in size, 7 % and 20 % of a face of 110 px. Scales that
  /// divide such a step spread its rounding, so that the mean does not jump (on RAVDESS a third of the jitter is left).
  /// `again`: the look that found it was not at its own scale, and does not count.
  private func measured(_ picture: Picture, _ face: DetectedFace, again: Bool) throws -> DetectedFace {
    let (box, policy) = (face.box, follower.policy)
    let side = 1.4 * box.width
    let (x, y) = (box.x + box.width / 2, box.y + box.height / 2)
    let region = PixelBox(x: x - side / 2, y: y - side / 2, width: side, height: side)
    var boxes = again ? [] : [box]
    for step in again ? [0.94, 1.0, 1.065, 1.13] : [0.94, 1.065, 1.13] {
      let near = try find(picture, region, scale: step * policy.nearFace / box.width)
      let best = near.min { distance($0.box, x, y) < distance($1.box, x, y) }
      if let best, distance(best.box, x, y) < box.width / 3 { boxes.append(best.box) }
    }
    guard !boxes.isEmpty else { return face }
    func mean(_ value: (PixelBox) -> Double) -> Double { boxes.map(value).reduce(0, +) / Double(boxes.count) }
    let found = PixelBox(x: mean(\.x), y: mean(\.y), width: mean(\.width), height: mean(\.height))
    return DetectedFace(box: found, score: face.score)
  }

  private func distance(_ box: PixelBox, _ x: Double, _ y: Double) -> Double {
    hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y)
  }

  /// Landmarks at a scale of their own: dlib rounds them to pixels, so the face is made 220 px wide.
  private func eyes(_ picture: Picture, _ box: PixelBox, _ landmarks: LandmarkModel) throws -> EyePair? {
    let margin = 0.3 * box.width
    let region = PixelBox(
      x: box.x - margin, y: box.y - margin, width: box.width + 2 * margin, height: box.height + 2 * margin)
    guard let gray = try converter.gray(picture, region: region, scale: 220 / box.width) else { return nil }
    return try landmarks.eyes(in: gray, box: box)
  }

  private func cut(_ picture: Picture, _ face: FollowedFace) throws -> FaceCrop? {
    let size = options.framing.size
    guard options.faces != .none else {
      let all = PixelBox(x: 0, y: 0, width: Double(picture.stored.width), height: Double(picture.stored.height))
      return try converter.colour(picture, part: all).map { FaceWarp.whole(picture, $0, size: size) }
    }
    let part = FaceWarp.footprint(picture, face.square, size: size)
    return try converter.colour(picture, part: part).map { FaceWarp.crop(picture, $0, face.square, size: size) }
  }

  private func save(_ crop: FaceCrop, at time: Instant, in folder: String) throws {
    func padded(_ value: Int, _ digits: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
    let milliseconds = Int(time.nanoseconds / 1_000_000)
    let name = "\(padded(index, 6))_\(padded(milliseconds / 1000, 4)).\(padded(milliseconds % 1000, 3)).png"
    try PNGFile.write(crop, to: "\(folder)/\(name)")
  }
}
