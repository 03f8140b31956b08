internal import Tensor

/// Rows of numbers as marks on their two principal components, as a part of an SVG drawing.
struct ScatterPanel {
  struct Mark {
    enum Shape { case circle, triangle }
    var shape: Shape
    var colour: String
    /// Shown when it is pointed at.
    var name: String

    init(shape: Shape, colour: String, name: String) {
      (self.shape, self.colour, self.name) = (shape, colour, name)
    }

    init(from mark: Mark, colour: String) { self.init(shape: mark.shape, colour: colour, name: mark.name) }
  }

  static let (width, height) = (520.0, 420.0)
  private var title: String
  private var notes: [String]
  private var marks: [Mark]
  private var joined: [(Int, Int)] = []
  /// Along the two components, from the mean.
  private let places: [(x: Double, y: Double)]
  /// The components' shares of the variance.
  private let shares: [Double]

  /// - Throws: `LAPACKError`.
  init(title: String, notes: [String], rows: [[Float]], mark: (_ row: Int) -> Mark) throws {
    let components = try PrincipalComponents(rows, count: 2)
    (self.title, self.notes, marks, shares) = (title, notes, rows.indices.map(mark), components.shares)
    // A single row has one direction only.
    places = rows.map { row in
      let place = components.places(of: row)
      return (place[0], place.count > 1 ? place[1] : 0)
    }
  }

  /// With a thin line between some of the marks.
  func joining(_ pairs: [(Int, Int)]) -> ScatterPanel {
    var panel = self
    panel.joined = pairs
    return panel
  }

  /// The same places in other colours, without lines.
  func coloured(_ note: String, _ change: (_ mark: Mark, _ row: Int) -> Mark) -> ScatterPanel {
    var panel = self
    (panel.title, panel.notes, panel.joined) = ("", [note], [])
    panel.marks = marks.enumerated().map { change($1, $0) }
    return panel
  }

  func svg(x: Double, y: Double) -> String {
    var text = ""
    var line = y + 14
    if !title.isEmpty {
      text += "<text class=\"name\" x=\"\(svgNumber(x))\" y=\"\(svgNumber(line))\">\(escaped(title))</text>\n"
      line += 18
    }
    for note in notes {
      text += "<text x=\"\(svgNumber(x))\" y=\"\(svgNumber(line))\">\(escaped(note))</text>\n"
      line += 17
    }
    let top = line - 6
    let bottom = y + Self.height - 20
    text += """
      <rect class="frame" x="\(svgNumber(x))" y="\(svgNumber(top))" width="\(svgNumber(Self.width))" \
      height="\(svgNumber(bottom - top))" rx="6"/>
      <text class="end" x="\(svgNumber(x + Self.width))" y="\(svgNumber(bottom + 15))">\(axes)</text>

      """
    let put = projection(left: x, top: top, right: x + Self.width, bottom: bottom)
    let faint = marks.count > 200 ? 0.2 : 0.4
    for (from, to) in joined {
      let (a, b) = (put(places[from]), put(places[to]))
      text += """
        <line class="join" opacity="\(faint)" x1="\(svgNumber(a.x))" y1="\(svgNumber(a.y))" x2="\(svgNumber(b.x))" \
        y2="\(svgNumber(b.y))"/>

        """
    }
    let radius = marks.count > 1000 ? 2.0 : marks.count > 200 ? 3 : 4.5
    for (mark, place) in zip(marks, places) {
      let point = put(place)
      text += Self.shape(mark.shape, x: point.x, y: point.y, radius: radius, colour: mark.colour, name: mark.name)
    }
    return text
  }

  private var axes: String {
    let names = ["→", "↑"]
    return zip(names, shares).map { "\($0) \(Figure.percent($1, decimals: 0)) of the variance" }
      .joined(separator: " \u{a0} ")
  }

  /// The same scale on both axes, so that distances can be compared.
  private func projection(
    left: Double, top: Double, right: Double, bottom: Double
  ) -> ((x: Double, y: Double)) -> (x: Double, y: Double) {
    let (xs, ys) = (places.map(\.x), places.map(\.y))
    func middle(_ values: [Double]) -> Double { ((values.min() ?? 0) + (values.max() ?? 0)) / 2 }
    func span(_ values: [Double]) -> Double { (values.max() ?? 0) - (values.min() ?? 0) }
    let room = (width: right - left - 32, height: bottom - top - 32)
    let scale = min(room.width / max(span(xs), 1e-9), room.height / max(span(ys), 1e-9))
    // Rows that are all the same lie in the middle.
    let (centre, factor) = ((x: middle(xs), y: middle(ys)), max(span(xs), span(ys)) > 1e-9 ? scale : 0)
    return { place in
      (
        (left + right) / 2 + (place.x - centre.x) * factor, (top + bottom) / 2 - (place.y - centre.y) * factor
      )
    }
  }

  /// A mark alone, for a legend too.
  static func shape(_ shape: Mark.Shape, x: Double, y: Double, radius: Double, colour: String, name: String?) -> String
  {
    let title = name.map { "<title>\(escaped($0))</title>" } ?? ""
    switch shape {
    case .circle:
      return """
        <circle class="mark" fill="\(colour)" cx="\(svgNumber(x))" cy="\(svgNumber(y))" r="\(svgNumber(radius))">\
        \(title)</circle>

        """
    case .triangle:
      let (half, high) = (radius * 1.1, radius * 1.2)
      return """
        <path class="mark" fill="\(colour)" d="M\(svgNumber(x)) \(svgNumber(y - high))L\(svgNumber(x + half)) \
        \(svgNumber(y + high * 0.7))L\(svgNumber(x - half)) \(svgNumber(y + high * 0.7))Z">\(title)</path>

        """
    }
  }
}

/// What marks mean, in one line or more.
struct ScatterLegend {
  /// After Okabe and Ito, and more that lie between them.
  static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e0a800", "#56b4e9", "#7a4fa3", "#8a5a2b", "#1b1f24", "#9aa4ae",
    "#7fbf3f", "#b2182b",
  ]
  static let (picture, sound, none) = ("#0072b2", "#d55e00", "#5d6670")

  private var entries: [(shapes: [ScatterPanel.Mark.Shape], colour: String, name: String)]
  private var rows: [[(x: Double, entry: Int)]] = [[]]

  /// - Parameter modalities: whether there are marks of both.
  init(_ classes: [String], modalities: Bool, width: Double) {
    entries = modalities ? [([.circle], Self.picture, "picture"), ([.triangle], Self.sound, "sound")] : []
    let first = entries.count
    entries += classes.enumerated().map { place, name in
      let name = Int(name) == nil ? name : "class \(name)"
      return (modalities ? [.circle, .triangle] : [.circle], Self.colours[place], shortened(name, to: 24))
    }
    var x = 0.0
    for (place, entry) in entries.enumerated() {
      let length = 14 * Double(entry.shapes.count) + 7.2 * Double(entry.name.count) + 22
      // Classes begin a line of their own.
      if x + length > width || place == first && place > 0 {
        rows.append([])
        x = 0
      }
      rows[rows.count - 1].append((x, place))
      x += length
    }
  }

  var height: Double { 20 * Double(rows.count) }

  func svg(x: Double, y: Double) -> String {
    var text = ""
    for (row, places) in rows.enumerated() {
      let line = y + 20 * Double(row) + 8
      for (left, place) in places {
        let entry = entries[place]
        for (index, shape) in entry.shapes.enumerated() {
          text += ScatterPanel.shape(
            shape, x: x + left + 6 + 13 * Double(index), y: line, radius: 4.5, colour: entry.colour, name: nil)
        }
        let after = x + left + 14 * Double(entry.shapes.count)
        text += "<text x=\"\(svgNumber(after))\" y=\"\(svgNumber(line + 4))\">\(escaped(entry.name))</text>\n"
      }
    }
    return text
  }
}
