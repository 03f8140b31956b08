internal import Files
internal import Media
internal import Signal

/// The rows of a session's faces.tsv, frame by frame.
struct SessionFaces {
  /// What the recogniser followed in one frame.
  struct Frame {
    var index: Int
    /// The one in front first; empty: no face.
    var faces: [FollowedFace]
    /// `SessionFaceRow.next`.
    var next: Int64?
  }

  /// More rows than a frame of ours can have; a stranger's table must not fill the memory.
  static let mostFaces = 256

  private var table: SessionTable<SessionFaceRow>
  /// The first row of the next frame. What is wrong with it is said when that frame's turn comes, not before.
  private var ahead: Result<SessionFaceRow?, any Error>

  init(folder: String) throws { self.init(try SessionTable(folder: folder)) }

  init(_ table: SessionTable<SessionFaceRow>) {
    self.table = table
    ahead = .success(nil)
    read()
  }

  /// The next frame; nil at the table's end.
  /// - Throws: `MediaError` naming the file and what is wrong.
  mutating func next() throws -> Frame? {
    guard let first = try ahead.get() else { return nil }
    var frame = Frame(index: first.frame, faces: first.face.map { [$0] } ?? [], next: first.next)
    read()
    while case .success(let row?) = ahead, row.frame == frame.index, let face = row.face {
      guard !frame.faces.contains(where: { $0.id == face.id }) else {
        throw problem("face \(face.id) stands twice in frame \(row.frame)")
      }
      guard frame.faces.count < Self.mostFaces else {
        throw problem("frame \(row.frame) has more than \(Self.mostFaces) faces")
      }
      frame.faces.append(face)
      read()
    }
    return frame
  }

  private mutating func read() { ahead = Result { try table.next() } }

  private func problem(_ what: String) -> MediaError {
    MediaError(library: "mien", operation: "read the session", message: what, path: table.path, kind: .badData)
  }
}
