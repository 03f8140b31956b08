/// What changes while a model learns: losses, rate, gradients, the layers' shares.
extension RunReport {
  var curves: String {
    let steps = history.steps
    var text = lossChart("Loss", \.loss, validation: { $0.loss }, width: 1000)
    let parts = [
      lossChart("Loss of the picture", \.video, validation: \.video),
      lossChart("Loss of the sound", \.audio, validation: \.audio),
      lossChart("Loss of the contrast", \.contrast, validation: \.contrast),
    ].joined()
    if !parts.isEmpty { text += "<div class=\"grid3\" style=\"margin-bottom:16px\">\n\(parts)</div>\n" }
    let rate = LineChart(
      title: "Learning rate", yTitle: "", yKind: .plain, lines: [line("rate", 3, steps) { $0.rate }], width: 490,
      height: 230)
    let norm = LineChart(
      title: "Gradient norm before clipping", yTitle: "", lines: [line("norm", 4, steps) { $0.gradientNorm }],
      width: 490, height: 230)
    let small = rate.html + norm.html
    return small.isEmpty ? text : text + "<div class=\"grid2\">\n\(small)</div>\n"
  }

  private func line(
    _ name: String, _ colour: Int, _ steps: [RunRecord.Step], _ value: (RunRecord.Step) -> Double?
  ) -> LineChart.Line {
    let points = steps.compactMap { step in value(step).map { (x: Double(step.step + 1), y: $0) } }
    let finite = points.filter { ChartAxis.isDrawable($0.y) }
    // A value that is no number must not spoil its neighbours' mean, and stays in the count of what is not shown.
    let rest = points.filter { !ChartAxis.isDrawable($0.y) }
    return LineChart.Line(name: name, colour: colour, look: .plain, points: LineChart.thinned(finite) + rest)
  }

  private func lossChart(
    _ title: String, _ value: (RunRecord.Step) -> Double?, validation: (RunRecord.Validation) -> Double?,
    width: Double = 330
  ) -> String {
    var marks = history.resumes.map { (x: Double($0.step), name: "resumed: at step \(Figure.count($0.step))") }
    if width < 600 { marks = [] }
    let validated = history.validations.compactMap { one in
      validation(one).map { (x: Double(one.step), y: $0) }
    }
    return LineChart(
      title: title, yTitle: width < 600 ? "" : "loss",
      lines: [
        line("training", 1, history.steps, value),
        LineChart.Line(name: "validation", colour: 2, look: .marked, points: validated),
      ], marks: marks, width: width, height: width < 600 ? 230 : 320
    ).html
  }

  /// What each layer gives to the head, at first and at last.
  var layers: String {
    let charts = [layerChart("Picture encoder", \.video), layerChart("Sound encoder", \.audio)].joined()
    guard !charts.isEmpty else { return "" }
    return """
      <div class="grid2">
      \(charts)</div>
      <p class="small">The head takes a weighted mean of all layers' outputs; these are the weights.</p>

      """
  }

  private func layerChart(_ title: String, _ value: (RunRecord.LayerWeights) -> [Double]?) -> String {
    let known = history.shares.filter { value($0) != nil }
    guard let last = known.last, let shares = value(last), !shares.isEmpty else { return "" }
    var series = [BarChart.Series(name: "step \(Figure.count(last.step))", values: shares)]
    if let first = known.first, first.step != last.step {
      series.insert(.init(name: "step \(Figure.count(first.step))", values: value(first) ?? []), at: 0)
    }
    return BarChart(
      title: title, names: shares.indices.map { "\($0 + 1)" }, series: series,
      reference: (1 / Double(shares.count), "all the same")
    ).columns
  }
}
