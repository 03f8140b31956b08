internal import Foundation

/// One axis of a chart: which values it spans, and where its ticks are.
struct ChartAxis {
  struct Tick: Hashable {
    var value: Double
    var label: String
  }

  private(set) var lower: Double
  private(set) var upper: Double
  private(set) var ticks: [Tick] = []
  private(set) var isLogarithmic = false
  /// What the labels leave out: "×10⁻⁴", or nothing.
  private(set) var factor = ""

  enum Kind {
    case whole, plain, percent
    /// Logarithmic where the values are positive and span more than a factor of 30.
    case automatic
  }

  /// Values that a chart can show.
  static func isDrawable(_ value: Double) -> Bool { value.isFinite && abs(value) < 1e30 }

  init(_ values: [Double], _ kind: Kind, count: Int = 5) {
    // Below this, powers of ten have no digits left; it is 0 in a picture.
    let drawable = values.filter(Self.isDrawable).map { abs($0) < 1e-30 ? 0 : $0 }
    (lower, upper) = (drawable.min() ?? 0, drawable.max() ?? 1)
    if case .automatic = kind, lower > 1e-30, upper / lower > 30 {
      makeLogarithmic()
    } else {
      makeLinear(kind, count: count)
    }
  }

  /// From 0 at the lower end to 1 at the upper.
  func position(_ value: Double) -> Double {
    isLogarithmic ? log(value / lower) / log(upper / lower) : (value - lower) / (upper - lower)
  }

  private mutating func makeLinear(_ kind: Kind, count: Int) {
    let isWhole = if case .whole = kind { true } else { false }
    let isPercent = if case .percent = kind { true } else { false }
    if upper - lower <= max(abs(upper), abs(lower)) * 1e-9 || upper - lower < 1e-30 {
      // One value only: in the middle, with something around it.
      let room = isWhole ? 1 : lower == 0 ? 1 : abs(lower) / 2
      (lower, upper) = (isWhole ? lower : lower - room, upper + room)
    }
    let size = (upper - lower) / Double(count)
    let power = pow(10, log10(size).rounded(.down))
    var step = [1, 2, 5, 10].map { $0 * power }.first { size <= $0 * (1 + 1e-9) } ?? 10 * power
    if isWhole { step = max(1, step.rounded()) }
    // Steps of a run end where they end; values get room up to the next tick.
    if !isWhole {
      (lower, upper) = ((lower / step + 1e-9).rounded(.down) * step, (upper / step - 1e-9).rounded(.up) * step)
    }
    let largest = max(abs(lower), abs(upper))
    let exponent = isWhole || isPercent ? 0 : log10(largest).rounded(.down)
    let scale = exponent < -2 || exponent > 4 ? pow(10, exponent) : 1
    if scale != 1 { factor = "×10" + Figure.superscript(Int(exponent)) }
    let decimals = min(9, max(0, -Int((log10(step / scale) + 1e-9).rounded(.down))))
    let first = (lower / step - 1e-9).rounded(.up)
    ticks = (0...2 * count + 2).map { (first + Double($0)) * step }.filter { $0 <= self.upper + step * 1e-9 }.map {
      let label =
        isWhole
        ? Figure.count(Int($0.rounded()))
        : isPercent ? Figure.fixed($0 * 100, 0) : Figure.fixed($0 / scale + 0, decimals)
      return Tick(value: $0, label: label)
    }
  }

  private mutating func makeLogarithmic() {
    isLogarithmic = true
    let decades = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up))
    let every = (decades.count + 7) / 8
    let multiples: [Double] = decades.count <= 3 ? [1, 2, 5] : [1]
    let candidates = decades.flatMap { decade in multiples.map { $0 * pow(10, Double(decade)) } }
    // The ticks around the values are the ends.
    lower = candidates.last { $0 <= lower * (1 + 1e-9) } ?? lower
    upper = candidates.first { $0 >= upper * (1 - 1e-9) } ?? upper
    ticks = candidates.enumerated().filter { $0.offset % every == 0 && lower...upper ~= $0.element }.map {
      let exponent = Int(log10($0.element).rounded(.down))
      let label =
        (-3...4).contains(exponent)
        ? Figure.fixed($0.element, max(0, -exponent)) : "10" + Figure.superscript(Int(log10($0.element).rounded()))
      return Tick(value: $0.element, label: label)
    }
  }
}
