import Drawing
import Outlets
import Recognition
import Signal

/// A stream as a picture: faces, the truth where it is known, which emotion leads, and all probabilities over the time.
final class StreamFigure: StreamOutput {
  /// What stands above it.
  let title: String
  let truth: Truth?
  private var model = ""
  private var labels: [String] = []
  private var hop = 0.0
  private var windows: [(middle: Double, values: [Float]?, top: Int?)] = []
  private var end = 0.0

  init(title: String, truth: Truth?) { (self.title, self.truth) = (title, truth) }

  func receive(_ event: StreamEvent, _ line: () -> StreamLine) {
    switch event {
    case .created(let created):
      (model, labels, hop) = (created.model.id, created.model.labels, created.hop.seconds)
    case .result(let result):
      let middle = (result.start.seconds + result.end.seconds) / 2
      windows.append((middle, result.estimate?.values, result.estimate?.top))
      end = max(end, result.end.seconds)
    default: break
    }
  }

  // Pixels.
  private static let (width, height, left, right) = (960, 430, 92.0, 20.0)
  private static let (paper, text, faint, hole) = (Ink(0xffffff), Ink(0x1b1f24), Ink(0x5d6670), Ink(0xe4e7eb))
  private static let plotWidth = Double(width) - left - right
  private static let inks: [Ink] = [
    0xd1495b, 0x66a182, 0x8d6cab, 0xedae49, 0xa9b4c0, 0x30638e, 0x00798c, 0xb5651d, 0x5b5f97, 0xc2b8a3, 0x2e4057,
  ].map { Ink($0) }

  /// - Parameter faces: what was seen; nil: there was no picture.
  /// - Throws: `DrawingError`.
  func png(_ faces: FaceStrip?) throws -> [UInt8] {
    let canvas = Canvas(width: Self.width, height: Self.height, paper: Self.paper)
    canvas.words(title, x: Self.left, y: 30, size: 17, bold: true, Self.text)
    let beside = Self.left + canvas.length(of: title, size: 17, bold: true) + 14
    canvas.words("read by \(model)", x: beside, y: 30, size: 13, Self.faint)
    draw(faces, y: 44, on: canvas)
    if let truth { draw(truth, y: 138, on: canvas) }
    drawLeading(y: 166, on: canvas)
    drawProbabilities(y: 198, height: 160, on: canvas)
    drawAxis(y: 358, on: canvas)
    drawLegend(y: 412, on: canvas)
    return try canvas.png()
  }

  private func x(_ seconds: Double) -> Double { Self.left + Self.plotWidth * min(seconds / max(end, 0.01), 1) }

  private func ink(_ label: Int) -> Ink { Self.inks[label % Self.inks.count] }

  private func name(_ text: String, y: Double, on canvas: Canvas) {
    canvas.words(text, x: Self.left - 10, y: y, size: 12, align: .right, Self.faint)
  }

  private func draw(_ faces: FaceStrip?, y: Double, on canvas: Canvas) {
    let count = 10
    let step = Self.plotWidth / Double(count)
    for i in 0..<count {
      let box = Box(x: Self.left + step * Double(i), y: y, width: step - 3, height: step - 3)
      canvas.fill(box, Self.hole)
      guard let face = faces?.nearest(end * (Double(i) + 0.5) / Double(count))?.face else {
        canvas.words(
          "no face", x: box.x + box.width / 2, y: y + box.height / 2 + 4, size: 11, align: .middle, Self.faint)
        continue
      }
      canvas.draw(
        Pixels(width: face.side, height: face.side) { x, y in
          let at = 3 * (y * face.side + x)
          func part(_ offset: Int) -> Double { Double(face.pixels[at + offset]) / 255 }
          return Ink(part(0), part(1), part(2))
        }, in: box)
    }
  }

  private func draw(_ truth: Truth, y: Double, on canvas: Canvas) {
    name("truth", y: y + 16, on: canvas)
    for row in truth.rows where row.start.seconds < end {
      let (from, to) = (x(row.start.seconds), x(row.end.seconds))
      canvas.fill(Box(x: from, y: y, width: to - from - 1, height: 22), ink(labels.firstIndex(of: row.emotion) ?? 0))
      if canvas.length(of: row.emotion, size: 12) < to - from - 8 {
        canvas.words(row.emotion, x: (from + to) / 2, y: y + 15, size: 12, align: .middle, Self.text)
      }
    }
  }

  /// A window's column, at its middle, as wide as the hop.
  private func column(_ middle: Double) -> (x: Double, width: Double) {
    let (from, to) = (x(max(middle - hop / 2, 0)), x(middle + hop / 2))
    // Neighbours overlap by a hair, so that no paper shines between them.
    return (from, to - from + 0.5)
  }

  private func drawLeading(y: Double, on canvas: Canvas) {
    name("leading", y: y + 16, on: canvas)
    for window in windows {
      let (x, width) = column(window.middle)
      canvas.fill(Box(x: x, y: y, width: width, height: 22), window.top.map(ink) ?? Self.hole)
    }
  }

  private func drawProbabilities(y: Double, height: Double, on canvas: Canvas) {
    name("probability", y: y + height / 2 + 4, on: canvas)
    for window in windows {
      let (x, width) = column(window.middle)
      guard let values = window.values else {
        canvas.fill(Box(x: x, y: y, width: width, height: height), Self.hole)
        continue
      }
      var bottom = y + height
      for (label, value) in values.enumerated() {
        let part = height * Double(value)
        canvas.fill(Box(x: x, y: bottom - part, width: width, height: part), ink(label))
        bottom -= part
      }
    }
  }

  private func drawAxis(y: Double, on canvas: Canvas) {
    let step = [1, 2, 5, 10, 20, 60, 120, 300, 600, 1800, 3600].first { end / Double($0) <= 16 } ?? 7200
    for tick in stride(from: 0, through: Int(end), by: step) {
      let place = x(Double(tick))
      canvas.line(from: (place, y), to: (place, y + 5), width: 1, Self.faint)
      canvas.words("\(tick)", x: place, y: y + 19, size: 11, align: .middle, Self.faint)
    }
    name("seconds", y: y + 19, on: canvas)
  }

  private func drawLegend(y: Double, on canvas: Canvas) {
    var place = Self.left
    for (label, text) in labels.enumerated() {
      canvas.fill(Box(x: place, y: y - 11, width: 13, height: 13), ink(label))
      canvas.words(text, x: place + 18, y: y, size: 12, Self.text)
      place += 36 + canvas.length(of: text, size: 12)
    }
    canvas.fill(Box(x: place, y: y - 11, width: 13, height: 13), Self.hole)
    canvas.words("no answer", x: place + 18, y: y, size: 12, Self.text)
    canvas.words(
      "a window of 2.56 s stands at its middle", x: Double(Self.width) - Self.right, y: y, size: 11, align: .right,
      Self.faint)
  }
}
