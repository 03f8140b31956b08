/// Lines over steps or epochs, as a figure with inline SVG.
struct LineChart {
  struct Line {
    enum Look {
      /// Many points: the line alone.
      case plain
      /// Few points, each marked.
      case marked
    }

    var name: String
    /// From 1: which of the report's colours.
    var colour: Int
    var look: Look
    var points: [(x: Double, y: Double)]
  }

  var title: String
  /// What the y axis shows, with its unit.
  var yTitle: String
  var xTitle = "step"
  var yKind: ChartAxis.Kind = .automatic
  var lines: [Line]
  /// Upright lines where something happened.
  var marks: [(x: Double, name: String)] = []
  var width = 1000.0
  var height = 320.0

  /// A point in words: what stands at its place on both axes.
  private func tip(_ point: (x: Double, y: Double)) -> String {
    let value = if case .percent = yKind { Figure.percent(point.y) } else { Figure.short(point.y) }
    let place = point.x == point.x.rounded() ? Figure.count(Int(point.x)) : Figure.short(point.x)
    return "\(value) at \(xTitle) \(place)"
  }

  /// Nothing where no line has a point.
  var html: String {
    let drawable = lines.map { line in
      line.points.filter { ChartAxis.isDrawable($0.x) && ChartAxis.isDrawable($0.y) }
    }
    let points = drawable.joined()
    guard !points.isEmpty else { return "" }
    let x = ChartAxis(points.map(\.x), .whole, count: width > 600 ? 10 : 5)
    let y = ChartAxis(points.map(\.y), yKind)
    let frame = Frame(width: width, height: height, x: x, y: y)
    let unit = [yTitle, y.factor, y.isLogarithmic ? "(logarithmic)" : ""].filter { !$0.isEmpty }.joined(separator: " ")
    var drawing = frame.grid(xTitle: xTitle, yTitle: unit)
    for mark in marks where x.lower...x.upper ~= mark.x {
      let left = svgNumber(frame.left(mark.x))
      drawing += """
        <g class="mark"><title>\(escaped(mark.name))</title>\
        <line x1="\(left)" x2="\(left)" y1="\(svgNumber(frame.top))" y2="\(svgNumber(frame.bottom))"/></g>

        """
    }
    for (line, points) in zip(lines, drawable) { drawing += frame.draw(line, points, tip: tip) }
    let left = zip(lines, drawable).reduce(0) { $0 + $1.0.points.count - $1.1.count }
    let note = left == 0 ? "" : "<p class=\"small\">\(left) values that are no finite number are not shown.</p>\n"
    return """
      <figure>
      <figcaption><h3>\(escaped(title))</h3>\(legend)</figcaption>
      <svg viewBox="0 0 \(svgNumber(width)) \(svgNumber(height))" role="img" aria-label="\(escaped(title))">
      \(drawing)</svg>
      \(note)</figure>

      """
  }

  private var legend: String {
    guard lines.count > 1 || !marks.isEmpty else { return "" }
    var entries = lines.filter { !$0.points.isEmpty }.map { line in
      let dot = line.look == .marked ? "<circle class=\"dot c\(line.colour)\" cx=\"13\" cy=\"6\" r=\"3.5\"/>" : ""
      return """
        <span><svg width="26" height="12" aria-hidden="true"><path class="line c\(line.colour)\
        \(line.look == .marked ? " thin" : "")" d="M1 6H25"/>\(dot)</svg>\(escaped(line.name))</span>
        """
    }
    if let mark = marks.first {
      let name = mark.name.prefix { $0 != ":" }
      entries.append(
        """
        <span><svg width="12" height="12" aria-hidden="true"><g class="mark"><line x1="6" x2="6" y1="0" y2="12"/></g></svg>\
        \(escaped(String(name)))</span>
        """)
    }
    return "<p class=\"legend\">\(entries.joined())</p>"
  }

  /// The mean of x and y of at most `limit` runs of neighbours.
  static func thinned(_ points: [(x: Double, y: Double)], to limit: Int = 600) -> [(x: Double, y: Double)] {
    guard points.count > limit else { return points }
    return (0..<limit).map { bucket in
      let part = points[bucket * points.count / limit..<(bucket + 1) * points.count / limit]
      let sum = part.reduce((x: 0.0, y: 0.0)) { ($0.x + $1.x, $0.y + $1.y) }
      return (sum.x / Double(part.count), sum.y / Double(part.count))
    }
  }
}

/// A place in a drawing: a tenth of a unit is fine enough.
func svgNumber(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
}

/// Where a chart's axes lie in its drawing.
private struct Frame {
  var width, height: Double
  var x, y: ChartAxis

  let top = 28.0
  let start = 52.0
  var bottom: Double { height - 40 }
  var end: Double { width - 14 }

  func left(_ value: Double) -> Double { start + x.position(value) * (end - start) }
  func down(_ value: Double) -> Double { bottom - y.position(value) * (bottom - top) }

  func grid(xTitle: String, yTitle: String) -> String {
    var text = "<text class=\"axis\" x=\"0\" y=\"12\">\(escaped(yTitle))</text>\n"
    for tick in y.ticks {
      let place = down(tick.value)
      text += """
        <line class="grid" x1="\(svgNumber(start))" x2="\(svgNumber(end))" y1="\(svgNumber(place))" y2="\(svgNumber(place))"/>\
        <text class="end" x="\(svgNumber(start - 8))" y="\(svgNumber(place + 4))">\(tick.label)</text>

        """
    }
    text += """
      <line class="base" x1="\(svgNumber(start))" x2="\(svgNumber(end))" y1="\(svgNumber(bottom))" y2="\(svgNumber(bottom))"/>

      """
    for tick in x.ticks {
      let place = left(tick.value)
      text += """
        <line class="base" x1="\(svgNumber(place))" x2="\(svgNumber(place))" y1="\(svgNumber(bottom))" \
        y2="\(svgNumber(bottom + 5))"/>\
        <text class="middle" x="\(svgNumber(place))" y="\(svgNumber(bottom + 18))">\(tick.label)</text>

        """
    }
    text +=
      "<text class=\"axis end\" x=\"\(svgNumber(end))\" y=\"\(svgNumber(height - 5))\">\(escaped(xTitle))</text>\n"
    return text
  }

  func draw(
    _ line: LineChart.Line, _ points: [(x: Double, y: Double)], tip: ((x: Double, y: Double)) -> String
  ) -> String {
    let path = points.enumerated().map { place, point in
      "\(place == 0 ? "M" : "L")\(svgNumber(left(point.x))) \(svgNumber(down(point.y)))"
    }
    var text = ""
    if points.count > 1 {
      let thin = line.look == .marked ? " thin" : ""
      text += "<path class=\"line c\(line.colour)\(thin)\" d=\"\(path.joined())\"/>\n"
    }
    guard line.look == .marked || points.count == 1 else { return text }
    // So many dots would hide the line.
    let radius = points.count > 60 ? 2.0 : 3.5
    for point in points {
      text += """
        <circle class="dot c\(line.colour)" cx="\(svgNumber(left(point.x)))" cy="\(svgNumber(down(point.y)))" \
        r="\(radius)"><title>\(escaped(line.name)): \(tip(point))</title></circle>

        """
    }
    return text
  }
}
