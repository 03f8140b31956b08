/// Two bars for each of some things, one after the other in time or in quality, as a figure with inline SVG.
struct BarChart {
  struct Series {
    var name: String
    /// In the order of the chart's names; nil: not known.
    var values: [Double?]
  }

  var title: String
  var names: [String]
  /// One or two; the last is the filled one.
  var series: [Series]
  /// What is written behind a name: how many clips.
  var notes: [String] = []
  /// A line across all bars: its value and what it means.
  var reference: (value: Double, name: String)?

  /// Lying bars, a row a name; for shares of 1.
  var rows: String {
    let (start, end, rowHeight) = (150.0, 430.0, 14.0 * Double(series.count) + 12)
    let height = 8 + rowHeight * Double(names.count) + 24
    func left(_ value: Double) -> Double { start + min(1, max(0, value)) * (end - start) }
    var drawing = ""
    for tick in [0, 0.25, 0.5, 0.75, 1] {
      let place = svgNumber(left(tick))
      drawing += """
        <line class="grid" x1="\(place)" x2="\(place)" y1="4" y2="\(svgNumber(height - 22))"/>\
        <text class="middle" x="\(place)" y="\(svgNumber(height - 6))">\(Figure.percent(tick, decimals: 0))</text>

        """
    }
    for (row, name) in names.enumerated() {
      let top = 8 + rowHeight * Double(row)
      let note = row < notes.count ? " <tspan class=\"faint\">\(escaped(notes[row]))</tspan>" : ""
      drawing += """
        <text class="end" x="\(svgNumber(start - 8))" y="\(svgNumber(top + rowHeight / 2))"><title>\(escaped(name))</title>\
        \(escaped(shortened(name, to: 14)))\(note)</text>

        """
      for (place, one) in series.enumerated() {
        let value = row < one.values.count ? one.values[row] : nil
        let y = top + 14 * Double(place)
        if let value, value > 0 {
          drawing += """
            <rect class="\(look(place))" x="\(svgNumber(start))" y="\(svgNumber(y))" height="11" \
            width="\(svgNumber(left(value) - start))"/>

            """
        }
        drawing += """
          <text x="\(svgNumber(left(value ?? 0) + 5))" y="\(svgNumber(y + 10))" class="value">\(Figure.percent(value))</text>

          """
      }
    }
    return figure(drawing, height: height)
  }

  /// Standing bars, a column a name; for shares of 1 that may be small.
  var columns: String {
    let axis = ChartAxis([0] + series.flatMap { $0.values.compactMap { $0 } } + [reference?.value ?? 0], .percent)
    let (start, end, top, bottom, height) = (40.0, 486.0, 26.0, 200.0, 240.0)
    func down(_ value: Double) -> Double { bottom - axis.position(value) * (bottom - top) }
    var drawing = "<text class=\"axis\" x=\"0\" y=\"12\">share, %</text>\n"
    for tick in axis.ticks {
      let place = down(tick.value)
      drawing += """
        <line class="grid" x1="\(svgNumber(start))" x2="\(svgNumber(end))" y1="\(svgNumber(place))" y2="\(svgNumber(place))"/>\
        <text class="end" x="\(svgNumber(start - 6))" y="\(svgNumber(place + 4))">\(tick.label)</text>

        """
    }
    let wide = (end - start) / Double(max(1, names.count))
    let bar = min(28, wide * 0.8 / Double(max(1, series.count)))
    for (column, name) in names.enumerated() {
      let middle = start + (Double(column) + 0.5) * wide
      drawing += """
        <text class="middle" x="\(svgNumber(middle))" y="\(svgNumber(bottom + 17))">\(escaped(shortened(name, to: 8)))</text>

        """
      for (place, one) in series.enumerated() where column < one.values.count {
        guard let value = one.values[column], ChartAxis.isDrawable(value) else { continue }
        let left = middle + (Double(place) - Double(series.count) / 2) * bar
        drawing += """
          <rect class="\(look(place))" x="\(svgNumber(left + 0.5))" y="\(svgNumber(down(value)))" \
          width="\(svgNumber(bar - 1))" height="\(svgNumber(bottom - down(value)))">\
          <title>\(escaped(one.name)), \(escaped(name)): \(Figure.percent(value))</title></rect>

          """
      }
    }
    if let reference {
      let place = svgNumber(down(reference.value))
      drawing += """
        <g class="mark"><line x1="\(svgNumber(start))" x2="\(svgNumber(end))" y1="\(place)" y2="\(place)"/></g>

        """
    }
    let base = svgNumber(down(0))
    drawing += """
      <line class="base" x1="\(svgNumber(start))" x2="\(svgNumber(end))" y1="\(base)" y2="\(base)"/>
      <text class="axis end" x="\(svgNumber(end))" y="\(svgNumber(height - 4))">layer</text>

      """
    return figure(drawing, height: height)
  }

  private func look(_ place: Int) -> String { place == series.count - 1 ? "bar" : "bar before" }

  private func figure(_ drawing: String, height: Double) -> String {
    var entries =
      series.count < 2
      ? []
      : series.enumerated().map { place, one in
        """
        <span><svg width="14" height="12" aria-hidden="true"><rect class="\(look(place))" x="1" y="1" width="12" \
        height="10"/></svg>\(escaped(one.name))</span>
        """
      }
    if let reference {
      entries.append(
        """
        <span><svg width="22" height="12" aria-hidden="true"><g class="mark"><line x1="0" x2="22" y1="6" y2="6"/></g></svg>\
        \(escaped(reference.name))</span>
        """)
    }
    return """
      <figure>
      <figcaption><h3>\(escaped(title))</h3><p class="legend">\(entries.joined())</p></figcaption>
      <svg viewBox="0 0 490 \(svgNumber(height))" role="img" aria-label="\(escaped(title))">
      \(drawing)</svg>
      </figure>

      """
  }
}
