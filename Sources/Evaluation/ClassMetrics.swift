/// Counts of true against predicted classes, and the field's figures from them.
public struct ConfusionMatrix: Sendable, Hashable {
  /// `counts[true][predicted]`.
  public private(set) var counts: [[Int]]
  /// Clips without an answer, by their true class. They are in no figure but those of all clips.
  public private(set) var unanswered: [Int]

  public init(classes: Int) {
    counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
    unanswered = Array(repeating: 0, count: classes)
  }

  /// Counts one clip.
  ///
  /// - Parameters:
  ///   - truth: the index of the true class.
  ///   - predicted: the index of the predicted class.
  public mutating func add(truth: Int, predicted: Int) { counts[truth][predicted] += 1 }

  /// Counts one clip without an answer.
  public mutating func addUnanswered(truth: Int) { unanswered[truth] += 1 }

  public var classes: Int { counts.count }
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  private func support(_ i: Int) -> Int { counts[i].reduce(0, +) }
  private func predicted(_ i: Int) -> Int { counts.reduce(0) { $0 + $1[i] } }

  /// The recall of each class: how many of its clips were found; nil for a class without clips.
  public var recalls: [Double?] {
    (0..<classes).map { support($0) == 0 ? nil : Double(counts[$0][$0]) / Double(support($0)) }
  }

  /// Unweighted average recall: the mean over the classes that have clips; nil without clips.
  public var uar: Double? {
    let known = recalls.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// Weighted average recall, which is accuracy; nil without clips.
  public var war: Double? {
    total == 0 ? nil : Double((0..<classes).reduce(0) { $0 + counts[$1][$1] }) / Double(total)
  }

  /// As ``uar``, where a clip without an answer counts as wrong.
  public var uarOfAll: Double? {
    let known = (0..<classes).compactMap { i -> Double? in
      let all = support(i) + unanswered[i]
      return all == 0 ? nil : Double(counts[i][i]) / Double(all)
    }
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }

  /// As ``war``, where a clip without an answer counts as wrong.
  public var warOfAll: Double? {
    let all = total + unanswered.reduce(0, +)
    return all == 0 ? nil : Double((0..<classes).reduce(0) { $0 + counts[$1][$1] }) / Double(all)
  }

  /// F1 of each class weighted by its clips; a class that was neither met nor predicted counts nothing. nil without clips.
  public var weightedF1: Double? {
    guard total > 0 else { return nil }
    return (0..<classes).reduce(0.0) { sum, i in
      let both = support(i) + predicted(i)
      let f1 = both == 0 ? 0 : 2 * Double(counts[i][i]) / Double(both)
      return sum + f1 * Double(support(i)) / Double(total)
    }
  }
}
