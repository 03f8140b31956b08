internal import Files
internal import Glibc
internal import Signal

/// Writes a clip's faces as a folder of pictures that training reads instead of the clip: a file a frame, by index.
public enum FaceFolder {
  /// The file format of the pictures.
  public enum Format: String, Hashable, Sendable, CaseIterable {
    /// The crop's pixels exactly.
    case png
    case jpg
  }

  /// A frame without a face gets the face before it, the first ones the face after, as when a clip is read directly.
  ///
  /// The folder gets its name when it is whole; an older one of that name must not be there. What an earlier attempt left
  /// is removed.
  /// - Parameters:
  ///   - clip: a media file, or a folder of pictures.
  ///   - path: the folder.
  ///   - format: of the pictures.
  ///   - options: how faces are found and framed.
  ///   - isStopped: asked before every frame; true ends the work, and the folder is not made.
  /// - Returns: frames and, of these, frames with a face of their own; nil: stopped. With 0 faces nothing is made.
  /// - Throws: `MediaError`.
  public static func write(
    _ clip: MediaSource, to path: String, as format: Format = .png, options: Recording.Options, isStopped: () -> Bool
  ) throws -> (frames: Int, faces: Int)? {
    struct Stopped: Error {}
    let draft = path + ".partial"
    try remove(draft)
    guard mkdir(draft, 0o777) == 0 else { throw MediaError.system("make the folder", path: draft, kind: .cannotWrite) }
    func save(_ face: FaceCrop, _ index: Int) throws {
      let digits = String(index)
      let file = "\(draft)/\(String(repeating: "0", count: max(6 - digits.count, 0)))\(digits).\(format.rawValue)"
      switch format {
      case .png: try PNGFile.write(face, to: file)
      case .jpg: try JPEGFile.write(face, to: file)
      }
    }
    var (last, faces) = (FaceCrop?.none, 0)
    let frames: Int
    do {
      frames = try ClipFaces.each(clip, options: options) { index, face in
        if isStopped() { throw Stopped() }
        if let face {
          if last == nil { for earlier in 0..<index { try save(face, earlier) } }
          faces += 1
          last = face
        }
        if let last { try save(last, index) }
      }
    } catch {
      try? remove(draft)
      if error is Stopped { return nil }
      throw error
    }
    guard faces > 0 else {
      try remove(draft)
      return (frames, 0)
    }
    guard rename(draft, path) == 0 else { throw MediaError.system("name the folder", path: path, kind: .cannotWrite) }
    return (frames, faces)
  }

  /// A folder of files, if it is there.
  private static func remove(_ folder: String) throws {
    guard access(folder, F_OK) == 0 else { return }
    for name in try names(in: folder) where name != "." && name != ".." { unlink("\(folder)/\(name)") }
    guard rmdir(folder) == 0 else { throw MediaError.system("remove", path: folder, kind: .cannotWrite) }
  }
}
