internal import Files
internal import Glibc
public import Media
public import Signal

/// Cuts the stills of sheets into folders of one picture each, which lists name as clips of a face that does not move.
///
/// A folder gets its name when it is whole, so a run that was stopped goes on. `stills.txt` says how faces were cut: a run
/// that cuts them in another way is refused.
public struct StillExtraction: Sendable {
  /// Gets `faces/`.
  public let folder: String
  private let sheets: StillSheets
  private let framing: FaceFraming
  private let lock: FolderLock

  /// - Parameters:
  ///   - sheets: what is cut.
  ///   - folder: is made if it is not there.
  ///   - framing: where the eyes come to lie.
  /// - Throws: `MediaError`: the folders cannot be made, another process is at work in them, or they have faces that were
  ///   cut in another way.
  public init(_ sheets: StillSheets, folder: String, framing: FaceFraming) throws {
    (self.sheets, self.folder, self.framing) = (sheets, folder, framing)
    for path in [folder, folder + "/faces"] where mkdir(path, 0o777) != 0 && errno != EEXIST {
      throw Self.system("make the folder", path)
    }
    guard let lock = try FolderLock(folder) else {
      throw Self.refusal(folder, "another process is doing so; wait for it to end")
    }
    self.lock = lock
    let assumed = sheets.assumed.map { "\($0.leftEye) \($0.rightEye)" } ?? "-"
    let mark =
      "mien data stills 2\nside \(sheets.side)\neyes \(assumed)\nframing \(framing.size) \(framing.leftEye) "
      + "\(framing.rightEye)\n"
    let path = folder + "/stills.txt"
    if access(path, F_OK) == 0 {
      let found = try FileBytes(mapping: path)
      guard withExtendedLifetime(found, { Array(found.bytes) == Array(mark.utf8) }) else {
        throw Self.refusal(folder, "it has stills that were cut in another way; take another name")
      }
    } else {
      let file = try AtomicFile(path)
      try file.write(mark)
      try file.commit()
    }
  }

  /// What became of a row.
  public enum Outcome: Sendable {
    /// Relative to the folder.
    case made(String)
    /// Nobody says where the face is.
    case withoutPoints
    case broken(String)
    /// The disk is full, or writing is forbidden: going on makes no sense.
    case cannotWrite(MediaError)
  }

  /// Cuts the face of a row, unless it is there already.
  /// - Parameters:
  ///   - row: of the table, from 0.
  ///   - name: of the still; unique in the folder.
  ///   - cutter: one a thread.
  public func extract(row: Int, name: String, by cutter: StillCutter) -> Outcome {
    let path = "faces/\(name)"
    do {
      guard access("\(folder)/\(path)", F_OK) != 0 else { return .made(path) }
      guard let face = try sheets.face(row: row, by: cutter) else { return .withoutPoints }
      let draft = "\(folder)/\(path).partial"
      guard mkdir(draft, 0o777) == 0 || errno == EEXIST else { throw Self.system("make the folder", draft) }
      try PNGFile.write(face, to: draft + "/000000.png")
      guard rename(draft, "\(folder)/\(path)") == 0 else { throw Self.system("name the folder", draft) }
      return .made(path)
    } catch let error as MediaError where error.kind == .cannotWrite { return .cannotWrite(error) } catch {
      return .broken("\(error)")
    }
  }

  private static func system(_ operation: String, _ path: String) -> MediaError {
    MediaError(
      library: "system", operation: operation, code: Int(errno), message: String(cString: strerror(errno)), path: path,
      kind: .cannotWrite)
  }

  private static func refusal(_ folder: String, _ message: String) -> MediaError {
    MediaError(library: "mien", operation: "write into it", message: message, path: folder, kind: .exists)
  }
}
