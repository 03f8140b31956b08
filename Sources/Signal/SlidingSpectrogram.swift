/// The spectrogram rows that overlapping windows share: each row is computed once.
///
/// A row is known by the position of its first sample. 256 consecutive rows of a window have different places in a
/// ring of 256, so a window whose hop is a multiple of 10 ms finds its overlap with the window before; at other hops
/// the rows have another phase and are computed anew. A row depends on its samples only, so its bits are the same in
/// every window.
package struct SlidingSpectrogram {
  private let bank = FilterBank()
  private var rows = [Float](repeating: 0, count: Spectrogram.count)
  /// The first sample of the row at each place of the ring.
  private var starts = [Int?](repeating: nil, count: WindowSchedule.rows)
  private var samples = [Float](repeating: 0, count: FilterBank.samples)
  /// Rows computed so far.
  package private(set) var computed = 0

  package init() {}

  /// Position of a window's first sample.
  package static func base(of start: Instant) -> Int { SampleBuffer.position(of: start) }

  /// The position after the last sample that a window with this base looks at: 15 ms past its end.
  package static func end(of base: Int) -> Int {
    base + (WindowSchedule.rows - 1) * FilterBank.shift + FilterBank.samples
  }

  /// Computes what can be known already of the window that begins at `base`: rows whose samples end before `front`.
  package mutating func advance(base: Int, line: SampleBuffer, front: Int) {
    let complete = (front - base - FilterBank.samples).quotientAndRemainder(dividingBy: FilterBank.shift).quotient
    guard front - base >= FilterBank.samples else { return }
    for r in 0...min(complete, WindowSchedule.rows - 1) { place(base + r * FilterBank.shift, line: line, keep: true) }
  }

  /// How many rows of the window that begins at `base` have all of their samples before `front`.
  package static func finalRows(base: Int, front: Int) -> Int {
    guard front != .max else { return WindowSchedule.rows }
    guard front - base >= FilterBank.samples else { return 0 }
    return min((front - base - FilterBank.samples) / FilterBank.shift + 1, WindowSchedule.rows)
  }

  /// 256 × 128 values of the window that begins at `base`. Rows beyond `last` samples stay 0.0.
  ///
  /// - Parameters:
  ///   - front: samples before this position are final.
  ///   - last: only rows whose samples end at or before this position; nil: all.
  package mutating func window(base: Int, line: SampleBuffer, front: Int, last: Int? = nil) -> [Float] {
    var values = [Float](repeating: 0, count: Spectrogram.count)
    for r in 0..<WindowSchedule.rows {
      let start = base + r * FilterBank.shift
      if let last, start + FilterBank.samples > last { break }
      let from = place(start, line: line, keep: start + FilterBank.samples <= front) * FilterBank.bins
      for bin in 0..<FilterBank.bins { values[r * FilterBank.bins + bin] = rows[from + bin] }
    }
    return values
  }

  /// The ring place of the row that begins at `start`, computed if it is not there.
  @discardableResult
  private mutating func place(_ start: Int, line: SampleBuffer, keep: Bool) -> Int {
    let place = (start / FilterBank.shift) % WindowSchedule.rows
    guard starts[place] != start else { return place }
    samples.withUnsafeMutableBufferPointer { line.copy(from: start, into: $0) }
    samples.withUnsafeBufferPointer { samples in
      rows.withUnsafeMutableBufferPointer { rows in
        bank.row(
          samples, into: .init(rebasing: rows[place * FilterBank.bins..<(place + 1) * FilterBank.bins]))
      }
    }
    computed += 1
    // A row whose samples are not all there yet is valid for this window only.
    starts[place] = keep ? start : nil
    return place
  }
}
