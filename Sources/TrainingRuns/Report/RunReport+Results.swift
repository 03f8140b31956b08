internal import Evaluation

/// What validation found.
extension RunReport {
  var results: String {
    guard let last = history.validations.last, let best = history.best else { return "" }
    var text = ""
    if history.validations.count > 1 { text += classCurves + attributeCurves }
    if !isPretraining {
      // What is best and last at once is shown once.
      let shown = best.step == last.step ? [("Best and last", best)] : [("Best", best), ("Last", last)]
      let tables = shown.compactMap { name, validation in
        validation.confusion.map {
          ConfusionTable(title: "\(name): epoch \(validation.epoch + 1)", counts: $0, labels: labels).html
        }
      }
      let recall = best.recall == nil ? "" : recallChart(shown)
      if !tables.isEmpty { text += "<div class=\"grid2\" style=\"margin-bottom:16px\">\n\(tables.joined())</div>\n" }
      text += recall + attributes(shown)
    }
    return text
  }

  /// Nothing where no validation has the value.
  private func line(_ name: String, _ colour: Int, _ value: (RunRecord.Validation) -> Double?) -> LineChart.Line {
    let points = history.validations.compactMap { one in value(one).map { (x: Double(one.epoch + 1), y: $0) } }
    return LineChart.Line(name: name, colour: colour, look: .marked, points: points)
  }

  private var bestMark: [(x: Double, name: String)] {
    history.best.map { [(Double($0.epoch + 1), "best: epoch \($0.epoch + 1)")] } ?? []
  }

  private var classCurves: String {
    LineChart(
      title: "Recall", yTitle: "%", xTitle: "epoch", yKind: .percent,
      lines: [line("UAR: mean over classes", 1) { $0.uar }, line("WAR: over clips", 2) { $0.war }],
      marks: bestMark, height: 280
    ).html
  }

  private var attributeCurves: String {
    func chart(_ title: String, _ values: (RunRecord.Validation) -> [Double?]?) -> String {
      // More lines than colours cannot be told apart; the table below has them all.
      let lines = attributeNames.prefix(6).enumerated().map { place, label in
        line(label, place + 1) { one in
          values(one).flatMap { place < $0.count ? $0[place] : nil }
        }
      }
      return LineChart(
        title: title, yTitle: "", xTitle: "epoch", yKind: .plain, lines: lines, marks: bestMark, width: 490,
        height: 250
      ).html
    }
    let charts =
      chart("CCC: concordance", { $0.ccc }) + chart("PCC: correlation", { $0.pcc })
    return charts.isEmpty ? "" : "<div class=\"grid2\" style=\"margin-bottom:16px\">\n\(charts)</div>\n"
  }

  private func recallChart(_ shown: [(String, RunRecord.Validation)]) -> String {
    let rows = shown[0].1.confusion ?? []
    let chart = BarChart(
      title: "Recall of each class", names: labels,
      // The last one is the filled one, and that is the best.
      series: shown.reversed().map {
        .init(name: "\($0.0.lowercased()), epoch \($0.1.epoch + 1)", values: $0.1.recall ?? [])
      },
      notes: rows.map { "(\(Figure.fixed($0.reduce(0.0) { $0 + Double($1) }, 0)))" })
    return "<div class=\"grid2\">\n\(chart.rows)\(figures(shown))</div>\n"
  }

  /// The figures of classification.
  private func figures(_ shown: [(String, RunRecord.Validation)]) -> String {
    let rows: [(String, (RunRecord.Validation) -> String)] = [
      ("Epoch", { "\($0.epoch + 1)" }), ("Clips", { Figure.count($0.clips) }), ("Loss", { Figure.short($0.loss) }),
      ("UAR", { Figure.percent($0.uar) }), ("WAR", { Figure.percent($0.war) }),
      ("Weighted F1", { Figure.percent($0.weightedF1) }),
    ]
    let heads = shown.map { "<th class=\"number\">\($0.0)</th>" }.joined()
    let body = rows.map { name, value in
      "<tr><th scope=\"row\">\(name)</th>\(shown.map { "<td class=\"number\">\(value($0.1))</td>" }.joined())</tr>\n"
    }
    let chance = labels.isEmpty ? "" : "Guessing gives a UAR of \(Figure.percent(1 / Double(labels.count)))."
    return """
      <figure>
      <figcaption><h3>Figures</h3></figcaption>
      <table class="list"><thead><tr><th></th>\(heads)</tr></thead><tbody>
      \(body.joined())</tbody></table>
      <p class="small">UAR: the mean of all classes' recalls; a class without clips does not count. WAR: the share of \
      clips that got their label. \(chance)</p>
      </figure>

      """
  }

  /// The figures of regression.
  private func attributes(_ shown: [(String, RunRecord.Validation)]) -> String {
    guard hasAttributes else { return "" }
    func cell(_ values: [Double?]?, _ place: Int) -> String {
      let value = values.flatMap { place < $0.count ? $0[place] : nil }
      return "<td class=\"number\">\(value.map { Figure.fixed($0, 3) } ?? "–")</td>"
    }
    let heads = shown.map { "<th class=\"number\">\($0.0) CCC</th><th class=\"number\">\($0.0) PCC</th>" }.joined()
    let body = attributeNames.enumerated().map { place, label in
      let cells = shown.map { cell($0.1.ccc, place) + cell($0.1.pcc, place) }.joined()
      return "<tr><th scope=\"row\">\(escaped(label))</th>\(cells)</tr>\n"
    }
    return """
      <figure>
      <figcaption><h3>Agreement of each attribute</h3></figcaption>
      <table class="list"><thead><tr><th></th>\(heads)</tr></thead><tbody>
      \(body.joined())</tbody></table>
      <p class="small">1: the same as the list. 0: no relation. –: cannot be computed, as where all values are the same.</p>
      </figure>

      """
  }
}
