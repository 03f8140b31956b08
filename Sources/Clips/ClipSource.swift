public import Lists
public import Media

/// Where the clips of a list are: files beside it, or members of an archive.
public protocol ClipSource: Sendable {
  /// The file that the list calls `name`. Asked each time that the file is read, from any thread.
  /// - Throws: `MediaError` if it cannot be had.
  func media(_ name: String, of list: AnnotationList) throws -> MediaSource
}

/// The file system: a list's relative names begin in the list's folder.
public struct ClipFiles: ClipSource {
  public init() {}

  /// The path that the list names, relative to the list's folder.
  public func media(_ name: String, of list: AnnotationList) -> MediaSource { .path(list.resolve(name)) }
}
