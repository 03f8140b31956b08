internal import Networks
internal import Tensor

/// Tokens of the steps that a modality's last window had, by key, so that a step is encoded once for all windows that it is
/// in.
///
/// Its state is what the last window left, and nothing else; a token that it keeps has the bits that encoding it again would
/// give.
final class StepCache {
  private let width: Int
  private var places: [StepKey: Int] = [:]
  /// Tokens of the last window and of the one that is being made: (steps, width) each.
  private var tokens, next: FloatBuffer

  init(steps: Int, width: Int) {
    self.width = width
    (tokens, next) = (FloatBuffer(count: steps * width), FloatBuffer(count: steps * width))
  }

  /// The tokens of a window, (keys.count, width).
  ///
  /// - Parameters:
  ///   - keys: of every step; equal ones have equal tokens. nil: the step is encoded, and not kept for the next window.
  ///   - encode: makes the tokens of some steps, by their places in the window, in that order.
  func callAsFunction(_ keys: [StepKey?], _ encode: (_ missing: [Int]) -> Matrix) -> Matrix {
    precondition(keys.count * width == tokens.count, "\(keys.count) keys")
    var first: [StepKey: Int] = [:]
    var missing: [Int] = []
    for (step, key) in keys.enumerated() {
      guard let key else {
        missing.append(step)
        continue
      }
      guard first[key] == nil else { continue }
      first[key] = step
      if places[key] == nil { missing.append(step) }
    }
    let made = missing.isEmpty ? nil : encode(missing)
    for (row, step) in missing.enumerated() {
      guard let made else { break }
      copy(made.base + row * made.rowStride, to: step)
    }
    for (step, key) in keys.enumerated() {
      guard let key else { continue }
      if let place = places[key] {
        copy(tokens.base + place * width, to: step)
      } else if let place = first[key], place != step {
        copy(next.base + place * width, to: step)
      }
    }
    (tokens, next) = (next, tokens)
    places = first
    return Matrix(tokens, rows: keys.count, columns: width)
  }

  private func copy(_ token: UnsafeMutablePointer<Float>, to step: Int) {
    (next.base + step * width).update(from: token, count: width)
  }
}
