/// The windows of a live session that got no line, because the model was slower than the hop.
public struct SkippedWindows: Sendable, Hashable {
  /// In order, without overlaps.
  public private(set) var ranges: [ClosedRange<Int>] = []

  public init() {}

  /// Adds windows behind all that are known.
  /// - Returns: false: they begin before the end of those that are known, so they were not added.
  @discardableResult
  public mutating func append(_ range: ClosedRange<Int>) -> Bool {
    if let last = ranges.last, range.lowerBound <= last.upperBound { return false }
    ranges.append(range)
    return true
  }

  /// Whether a window was skipped.
  public func contains(_ window: Int) -> Bool {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < window { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(window)
  }
}
