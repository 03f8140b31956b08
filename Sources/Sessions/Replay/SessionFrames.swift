internal import Media
internal import Signal

/// Reads the frames of a session that its recogniser accepted, with the faces that were followed then. The crops are cut
/// again where a window asks for them.
final class SessionFrames {
  private struct Seen {
    var row: SessionFrameRow
    var faces: SessionFaces.Frame
    var stored: MoviePictures.Stored
    /// Frames between the one seen before and this one, whoever lost them.
    var lost: Int
  }

  /// Pictures that could be decoded then and cannot be now.
  private(set) var broken = 0
  private let zero: Int64
  private let schedule: WindowSchedule
  private let pictures: MoviePictures
  private let decoder: CapturedDecoder
  private let cutter: FaceCutter
  private let crops: CropFolder?
  private var frames: SessionTable<SessionFrameRow>
  private var faces: SessionFaces
  /// The last frame read of faces.tsv: it may be one that was not recorded.
  private var followed: SessionFaces.Frame?
  private var held: Seen?
  /// The frame seen last, and those that the camera lost since.
  private var (last, lost) = (Int?.none, 0)

  init(_ reader: MovieReader, folder: String, zero: Int64, options: Recording.Options) throws {
    (self.zero, schedule) = (zero, options.schedule)
    pictures = MoviePictures(reader, path: folder)
    decoder = CapturedDecoder(path: folder)
    cutter = FaceCutter(PictureConverter(path: folder), faces: options.faces, framing: options.framing)
    crops = try options.saveCrops.map { try CropFolder($0) }
    frames = try SessionTable(folder: folder)
    faces = try SessionFaces(folder: folder)
    followed = try faces.next()
    held = try fetch()
  }

  func next() throws -> FaceFrame<FaceCrop>? {
    guard let current = held else { return nil }
    held = try fetch()
    let time = Instant(nanoseconds: current.row.time - zero)
    // The next frame's time as it was known then, which decided what was cut. A stranger's table may hold any time.
    let following = current.faces.next.map { Instant(nanoseconds: max($0, current.row.time) - zero) }
    var picture: Picture?
    if !current.faces.faces.isEmpty, following == nil || schedule.wants(frameAt: time, next: following) {
      picture = try pictures.captured(current.stored, row: current.row).flatMap { try decoder.decode($0) }
      if picture == nil { broken += 1 }
    }
    let frame = FaceFrame(
      index: current.row.frame, time: time, duration: following.map { $0 - time } ?? .zero,
      faces: try current.faces.faces.map { face in
        FaceFrame<FaceCrop>.Face(face, crop: try picture.flatMap { try cutter.cut($0, face.square) })
      }, droppedBefore: current.lost)
    if let crop = frame.crop { try crops?.save(crop, index: frame.index, at: time) }
    return frame
  }

  /// The next frame that was seen; nil at the end, or where the movies end first.
  private func fetch() throws -> Seen? {
    while let row = try frames.next() {
      // Row k is the k-th picture, so each row takes one.
      guard let stored = try pictures.next() else { return nil }
      while let before = followed, before.index < row.frame { followed = try faces.next() }
      guard let followed else { return nil }
      lost += row.droppedBefore
      let before = last ?? row.frame - 1
      last = last ?? before
      guard followed.index == row.frame else { continue }
      defer { (last, lost) = (row.frame, 0) }
      return Seen(row: row, faces: followed, stored: stored, lost: lost + row.frame - before - 1)
    }
    return nil
  }
}

/// All pictures of a session, for following faces anew.
final class SessionFeed: VideoFeed {
  let info = VideoInfo(width: 0, height: 0, frameRate: nil, rotation: 0, codec: "")
  private(set) var damage: [String] = []
  private let zero: Int64
  private let pictures: MoviePictures
  private let decoder: CapturedDecoder
  private var frames: SessionTable<SessionFrameRow>

  init(_ reader: MovieReader, folder: String, zero: Int64) throws {
    self.zero = zero
    pictures = MoviePictures(reader, path: folder)
    decoder = CapturedDecoder(path: folder)
    frames = try SessionTable(folder: folder)
  }

  func next() throws -> TimedPicture? {
    var dropped = 0
    while let row = try frames.next(), let stored = try pictures.next() {
      dropped += row.droppedBefore
      guard let captured = try pictures.captured(stored, row: row), let picture = try decoder.decode(captured) else {
        dropped += 1
        continue
      }
      return TimedPicture(
        picture: picture, time: Instant(nanoseconds: row.time - zero), duration: .zero, droppedBefore: dropped)
    }
    return nil
  }
}

extension MoviePictures {
  /// The frame that a row of frames.tsv describes; nil where the file is damaged.
  func captured(_ stored: Stored, row: SessionFrameRow) throws -> CapturedFrame? {
    try captured(
      stored, index: row.frame, time: row.time, sequence: row.sequence, droppedBefore: row.droppedBefore)
  }
}
