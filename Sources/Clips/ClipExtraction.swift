internal import Files
internal import Glibc
public import Lists
public import Media
internal import Signal
internal import Tensor
internal import Threading

/// Makes training material of a clip once: its faces as a folder of pictures, its sound as 16 kHz FLAC.
///
/// Names follow from the source (path, size, time of change) and the settings, so that a second run finds what is done,
/// and a changed source or another framing is done anew.
public struct ClipExtraction: Sendable {
  /// Gets `faces/` and `sound/`.
  public let folder: String
  private let source: any ClipSource
  private let options: Recording.Options
  private let format: FaceFolder.Format
  /// What else decides the pixels, for the names.
  private let settings: String
  private let busy = Busy()
  private let lock: FolderLock

  /// - Parameters:
  ///   - folder: gets `faces/` and `sound/`; it is made if it is not there.
  ///   - format: of the pictures.
  ///   - source: where the lists' files are.
  ///   - options: how faces are found and framed.
  ///   - landmarks: the name of the landmark model in `options`, if there is one.
  /// - Throws: `MediaError` if the folders cannot be made, or another process is at work in them.
  public init(
    folder: String, format: FaceFolder.Format = .png, source: any ClipSource = ClipFiles(),
    options: Recording.Options, landmarks: String?
  ) throws {
    (self.folder, self.format, self.source, self.options) = (folder, format, source, options)
    let framing = options.framing
    settings =
      "\(options.faces) \(framing.size) \(framing.boxSide) \(framing.boxLeft) \(framing.boxTop) \(framing.leftEye) "
      + "\(framing.rightEye) \(landmarks ?? "-") \(format.rawValue)"
      // Without a choice the name is as it always was, so that what is there already is found.
      + ([options.tracks.video, options.tracks.audio].contains { $0 != nil }
        ? " \(options.tracks.video?.description ?? "-") \(options.tracks.audio?.description ?? "-")" : "")
    for path in [folder, folder + "/faces", folder + "/sound"] where mkdir(path, 0o777) != 0 && errno != EEXIST {
      throw MediaError(
        library: "system", operation: "make the folder", code: Int(errno), message: String(cString: strerror(errno)),
        path: path, kind: .cannotWrite)
    }
    guard let lock = try FolderLock(folder) else {
      throw MediaError(
        library: "mien", operation: "write into it", message: "another process is doing so; wait for it to end",
        path: folder, kind: .exists)
    }
    self.lock = lock
  }

  /// The new files of a clip, or why it has none.
  public enum Outcome: Sendable {
    /// Paths relative to the folder; nil for an absent modality. `isNew` is false where both were there already.
    case made(video: String?, audio: String?, isNew: Bool)
    case broken(String)
    /// The disk is full, or writing is forbidden: going on makes no sense.
    case cannotWrite(MediaError)
    case stopped
  }

  /// Writes the faces and the sound of one clip, unless they are there already.
  ///
  /// - Parameters:
  ///   - entry: the clip.
  ///   - list: the list that names it.
  ///   - isStopped: asked between frames; true leaves the clip unwritten.
  public func extract(
    _ entry: AnnotationList.Entry, of list: AnnotationList, isStopped: () -> Bool
  ) -> Outcome {
    do {
      let clip = try ListedClip(entry, in: list, from: source)
      var isNew = false
      var sound: String?
      if let audio = clip.audio {
        let name = "sound/\(try name(audio, "sound")).flac"
        busy.take(name)
        defer { busy.leave(name) }
        if access("\(folder)/\(name)", F_OK) != 0 {
          let samples = try AudioFile.read16k(audio, track: options.tracks.audio)
          // Whether a clip with a picture, or a silent one, is of use depends on who reads the new list.
          guard samples.count > EvaluationSampling.shortestAudio || clip.video != nil else {
            return .broken("\(audio): too little sound: \(samples.count) samples at 16 kHz")
          }
          try AudioFile.write16k(samples, to: "\(folder)/\(name)")
          isNew = true
        }
        sound = name
      }
      var faces: String?
      if let video = clip.video {
        let name = "faces/\(try name(video, settings))"
        busy.take(name)
        defer { busy.leave(name) }
        if access("\(folder)/\(name)", F_OK) != 0 {
          guard
            let done = try FaceFolder.write(
              video, to: "\(folder)/\(name)", as: format, options: options, isStopped: isStopped)
          else { return .stopped }
          guard done.faces > 0 else { return .broken("\(video): no face in any of its \(done.frames) frames") }
          isNew = true
        }
        faces = name
      }
      return .made(video: faces, audio: sound, isNew: isNew)
    } catch let error as MediaError where error.kind == .cannotWrite {
      return .cannotWrite(error)
    } catch { return .broken("\(error)") }
  }

  /// The file's own name, for people, and a hash, for the rest.
  private func name(_ media: MediaSource, _ settings: String) throws -> String {
    let (place, version) = try identity(media)
    let source = "\(place)\n\(version)\n\(settings)"
    var hash = SplitMix64(seed: 0, name: source)
    let digits = String(hash.next(), radix: 16)
    let stem = place.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? "clip"
    // Blanks and quotes would have to be quoted in the new list.
    let plain = String(stem.prefix(60).map { $0.isLetter || $0.isNumber || "-_+".contains($0) ? $0 : "_" })
    return "\(plain)-\(String(repeating: "0", count: 16 - digits.count))\(digits)"
  }

  /// Where a source is, and what tells one version of it from another: a file's size and time of change, or the bytes of
  /// what lies in memory.
  private func identity(_ media: MediaSource) throws -> (place: String, version: String) {
    switch media {
    case .path(let path):
      var status = stat()
      guard stat(path, &status) == 0 else {
        throw MediaError(
          library: "system", operation: "open", code: Int(errno), message: String(cString: strerror(errno)), path: path,
          kind: .noInput)
      }
      let real = realpath(path, nil)
      defer { free(real) }
      return (
        real.map { String(cString: $0) } ?? path,
        "\(status.st_size)\n\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
      )
    case .memory(let bytes): return (bytes.name, try hash(bytes))
    case .pictures(let members, let name): return (name, try members.map(hash).joined(separator: "\n"))
    }
  }

  private func hash(_ bytes: MediaBytes) throws -> String {
    try bytes.bytes.withUnsafeBytes { try sha256(of: $0, called: bytes.name) }
  }
}

/// Names that a thread is at work on: a source that the list has twice is made once, and the other thread waits.
private final class Busy: @unchecked Sendable {
  // @unchecked because `names` changes only while `condition` is locked.
  private let condition = Condition()
  private var names: Set<String> = []

  func take(_ name: String) {
    condition.locked {
      while names.contains(name) { condition.wait(until: nil) }
      names.insert(name)
    }
  }

  func leave(_ name: String) {
    condition.locked {
      names.remove(name)
      condition.wakeAll()
    }
  }
}
