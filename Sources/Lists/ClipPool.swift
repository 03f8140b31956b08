/// Lists whose clips are drawn from together: the clips of the first list, then those of the second, and so on.
public struct ClipPool: Hashable, Sendable {
  /// One clip.
  public struct Clip: Hashable, Sendable {
    /// Its list's place among ``ClipPool/lists``.
    public var list: Int
    public var entry: AnnotationList.Entry
    /// nil: labels are not looked at. A label that is wrong makes the clip one that cannot be used.
    public var label: Result<ClipLabel, AnnotationError>?
  }

  public let lists: [AnnotationList]
  public let clips: [Clip]
  /// Clips of each list that are in the pool, and those that were left out.
  public let counts, leftOut: [Int]

  /// - Parameters:
  ///   - lists: at least one.
  ///   - readers: of each list's labels; nil: labels are not looked at.
  public init(_ lists: [AnnotationList], readers: [LabelReader]? = nil) {
    precondition(!lists.isEmpty && readers?.count ?? lists.count == lists.count, "a reader for each list")
    self.lists = lists
    var (clips, counts, leftOut): ([Clip], [Int], [Int]) = ([], [], [])
    for (place, list) in lists.enumerated() {
      let before = clips.count
      for entry in list.entries {
        guard let reader = readers?[place] else {
          clips.append(Clip(list: place, entry: entry, label: nil))
          continue
        }
        do {
          guard let label = try reader.label(of: entry, in: list) else { continue }
          clips.append(Clip(list: place, entry: entry, label: .success(label)))
        } catch {
          let wrong = error as? AnnotationError ?? AnnotationError(path: list.path, line: entry.line, "\(error)")
          clips.append(Clip(list: place, entry: entry, label: .failure(wrong)))
        }
      }
      counts.append(clips.count - before)
      leftOut.append(list.entries.count - counts[place])
    }
    (self.clips, self.counts, self.leftOut) = (clips, counts, leftOut)
  }

  /// The list that names the clip.
  public func list(of clip: Clip) -> AnnotationList { lists[clip.list] }

  /// The lists' paths, for messages.
  public var path: String { lists.map(\.path).joined(separator: ", ") }
}
