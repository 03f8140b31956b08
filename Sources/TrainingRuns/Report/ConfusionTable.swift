/// A confusion matrix as a heat table: rows true, columns predicted; a row's shares, and the clips below them.
struct ConfusionTable {
  var title: String
  /// Rows true, columns predicted; square.
  var counts: [[Int]]
  var labels: [String]

  var html: String {
    let names = counts.indices.map { $0 < labels.count ? labels[$0] : "\($0)" }
    let heads = names.map { name in
      """
      <th scope="col" title="\(escaped(name))"><span>\(escaped(shortened(name, to: 16)))</span></th>
      """
    }
    var text = """
      <figure>
      <figcaption><h3>\(escaped(title))</h3></figcaption>
      <div class="wide"><table class="heat">
      <thead><tr><td></td><th class="side" colspan="\(names.count)">predicted</th><td></td></tr>
      <tr><th class="side">true</th>\(heads.joined())<th scope="col"><span>clips</span></th></tr></thead>
      <tbody>

      """
    for (row, name) in names.enumerated() {
      // As numbers with a point: a log from anybody may hold counts whose sum is too large.
      let total = counts[row].reduce(0.0) { $0 + Double($1) }
      text += "<tr><th scope=\"row\" title=\"\(escaped(name))\">\(escaped(shortened(name, to: 16)))</th>"
      for (column, count) in counts[row].enumerated() {
        text += cell(count, share: total > 0 ? Double(count) / total : nil, hit: row == column)
      }
      text += "<td class=\"total\">\(Figure.fixed(total, 0))</td></tr>\n"
    }
    return text + """
      </tbody></table></div>
      <p class="small">Large: share of the true class, in %. Small: clips. Framed: right.</p>
      </figure>

      """
  }

  private func cell(_ count: Int, share: Double?, hit: Bool) -> String {
    let kind = hit ? " hit" : ""
    guard let share else { return "<td class=\"cell\(kind)\">–</td>" }
    // Beyond this the light text reads better on the colour.
    let text = share > 0.66 ? " on" : ""
    return """
      <td class="cell\(kind)\(text)" style="--share:\(Figure.fixed(share, 3))">\(Figure.fixed(share * 100, 0))\
      <small>\(Figure.count(count))</small></td>
      """
  }
}
