/// What is told in tables and words.
extension RunReport {
  /// Of each long list so much is shown: a page of a million rows opens nowhere.
  private static let limit = 200

  var checkpoints: String {
    guard !history.checkpoints.isEmpty else { return "" }
    let best = history.checkpoints.lastIndex(where: \.best)
    let rows = history.checkpoints.enumerated().suffix(Self.limit).map { place, one in
      """
      <tr><td class="number">\(Figure.count(one.step))</td><td>\(escaped(one.path))</td>\
      <td>\(place == best ? "★ best" : "")</td></tr>

      """
    }
    return """
      <div class="card long"><table class="list"><thead><tr><th class="number step">Steps made</th><th>Folder</th><th></th></tr>\
      </thead><tbody>
      \(rows.joined())</tbody></table>
      \(more(history.checkpoints.count, "earlier ones are"))</div>

      """
  }

  var broken: String {
    guard !history.broken.isEmpty else { return "" }
    let items = history.broken.prefix(Self.limit).map { "<tr><td>\(escaped(shortened($0, to: 400)))</td></tr>\n" }
    return """
      <div class="card long">
      <p>\(Figure.count(history.broken.count)) left out: LIST:LINE and the reason.</p>
      <table class="list"><tbody>
      \(items.joined())</tbody></table>
      \(more(history.broken.count, "more are"))</div>

      """
  }

  private func more(_ count: Int, _ words: String) -> String {
    guard count > Self.limit else { return "" }
    return "<p class=\"small\">\(Figure.count(count - Self.limit)) \(words) in log.jsonl.</p>\n"
  }

  var settingsList: String {
    guard !settings.all.isEmpty else { return "" }
    let items = settings.all.map {
      "<div><dt>\(escaped(shortened($0.name, to: 80)))</dt><dd>\(escaped(shortened($0.value, to: 400)))</dd></div>\n"
    }
    let version = history.created.map { "<p class=\"small\">Mien \(escaped($0.version)).</p>\n" } ?? ""
    return "<div class=\"card long\"><dl class=\"columns\">\n\(items.joined())</dl>\n\(version)</div>\n"
  }

  var purpose: String {
    """
    <div class="card note"><p>A model of this kind guesses how strangers would label an expression. It does not know what \
    somebody feels. It must not be used for hiring, policing, border control or credit, nor to watch people at work or at \
    school; in the European Union that is unlawful at work and in education. The figures above hold for people, cameras, \
    languages and labels like those of the validation list, and for no others; people who are recorded must have agreed.</p>
    </div>

    """
  }
}
