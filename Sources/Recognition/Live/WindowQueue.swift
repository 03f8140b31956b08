internal import Signal

/// Windows between their completion and their line, in order: latest wins, and whatever is left out is remembered in its
/// place.
struct WindowQueue<Crop: Sendable> {
  enum Item {
    /// A window that no head can answer: its lines are ready.
    case ready(PendingWindow, readyAt: Int64)
    /// A window for the model.
    case question(PendingWindow, WindowQuestion<Crop>, readyAt: Int64)
    /// Windows that get no line.
    case skipped(ClosedRange<Int>, start: Instant)
  }

  private let resultLimit: Int
  private var items: [Item] = []
  private(set) var skipped = 0

  init(resultLimit: Int) { self.resultLimit = resultLimit }

  var isEmpty: Bool { items.isEmpty }

  /// Windows that wait for their line.
  var waiting: Int { items.count { if case .skipped = $0 { false } else { true } } }

  mutating func append(_ window: PendingWindow, readyAt: Int64) {
    items.append(.ready(window, readyAt: readyAt))
    skipOldest(over: resultLimit) { if case .ready = $0 { true } else { false } }
  }

  /// - Parameter limit: windows that may wait for the model, this one included.
  mutating func append(_ window: PendingWindow, _ question: WindowQuestion<Crop>, readyAt: Int64, limit: Int) {
    items.append(.question(window, question, readyAt: readyAt))
    skipOldest(over: limit) { if case .question = $0 { true } else { false } }
  }

  mutating func removeFirst() -> Item? { items.isEmpty ? nil : items.removeFirst() }

  /// Skips the oldest of a kind beyond `limit`; neighbours that are skipped become one.
  private mutating func skipOldest(over limit: Int, _ isOfKind: (Item) -> Bool) {
    guard items.count > limit, items.count(where: isOfKind) > limit, let oldest = items.firstIndex(where: isOfKind)
    else { return }
    skipped += 1
    var (range, start): (ClosedRange<Int>, Instant)
    switch items[oldest] {
    case .ready(let window, _), .question(let window, _, _):
      (range, start) = (window.index...window.index, window.start)
    case .skipped: return
    }
    if oldest + 1 < items.count, case .skipped(let next, _) = items[oldest + 1] {
      range = range.lowerBound...next.upperBound
      items.remove(at: oldest + 1)
    }
    if oldest > 0, case .skipped(let before, let first) = items[oldest - 1] {
      (range, start) = (before.lowerBound...range.upperBound, first)
      items[oldest - 1] = .skipped(range, start: start)
      items.remove(at: oldest)
    } else {
      items[oldest] = .skipped(range, start: start)
    }
  }
}
