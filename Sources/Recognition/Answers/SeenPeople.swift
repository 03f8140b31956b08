internal import Models
internal import Networks
internal import Signal

/// The neutral of everybody in a session, built from the windows that were answered so far. A pure state machine over the
/// answered windows in their order: what is taken off a window follows from those before it.
///
/// A window counts by how likely its answer is neutral, and by how much of its time no earlier window of the same person
/// and head has counted. So neither the hop nor a pause changes what a second is worth.
struct SeenPeople: Sendable {
  /// People that are remembered; who was seen the longest time ago is forgotten.
  static let capacity = 16

  /// Who is meant: the id of a face, or nobody in view.
  typealias Person = Int?

  private struct Known {
    var baseline = PersonBaseline()
    /// The start of the last window that was counted, by head.
    var counted: [String: Instant] = [:]
    var seen: Instant
  }

  private let reference: NeutralReference
  /// The place of `neutral` among the labels.
  private let neutral: Int
  private var people: [Person: Known] = [:]

  init(_ reference: NeutralReference, neutral: Int) { (self.reference, self.neutral) = (reference, neutral) }

  /// How many people are remembered.
  var count: Int { people.count }

  /// What is known of a person so far.
  func baseline(of person: Person) -> PersonBaseline { people[person]?.baseline ?? PersonBaseline() }

  /// Counts an answer. Windows come in their order; those of one window with the same start.
  /// - Parameters:
  ///   - estimate: with the model's own probabilities.
  ///   - head: that answered.
  ///   - person: of whom.
  ///   - start: of the window.
  mutating func take(_ estimate: Estimate, of head: Head, person: Person, start: Instant) {
    var known = people[person] ?? Known(seen: start)
    let fresh = known.counted[head.name].map { min(start - $0, WindowSchedule.length) } ?? WindowSchedule.length
    let isNeutral = Double(estimate.modelValues[neutral])
    known.baseline.add(estimate.outputs, of: head.name, seconds: isNeutral * fresh.seconds)
    (known.counted[head.name], known.seen) = (start, start)
    people[person] = known
    guard people.count > Self.capacity else { return }
    // Ids only grow, so of people who were last seen in one window the one with the smaller id came first.
    let oldest = people.filter { $0.key != person }.min {
      ($0.value.seen, $0.key ?? -1) < ($1.value.seen, $1.key ?? -1)
    }
    if let oldest { people[oldest.key] = nil }
  }
}
