internal import Networks
internal import Tensor

/// How picture and sound of clips lie to each other in a model, as a drawing: one model, or two side by side.
public struct FeatureFigure {
  /// Of the same clips.
  public var tables: [FeatureTable]
  /// Of every clip: what it is called, and its class.
  public var names, labels: [String]

  /// - Parameters:
  ///   - tables: one or two, with a clip at least.
  ///   - names: what the clips are called.
  ///   - labels: a clip's class each.
  public init(_ tables: [FeatureTable], names: [String], labels: [String]) {
    precondition(
      !tables.isEmpty && tables.allSatisfy { $0.clips.count == names.count && !$0.clips.isEmpty }, "no clips")
    (self.tables, self.names, self.labels) = (tables, names, labels)
  }

  /// A page for itself that loads nothing.
  /// - Throws: `LAPACKError`.
  public func svg() throws -> String {
    let columns = try tables.map(panels)
    let rows = columns.map(\.count).max() ?? 0
    let legend = ScatterLegend(
      classes, modalities: tables.contains { !$0.layers.isEmpty }, width: Self.width(tables.count) - 2 * Self.margin)
    let legendTop = 74.0
    let top = legendTop + legend.height + 12
    let height = top + Double(rows) * (ScatterPanel.height + 16) + Self.margin
    var drawing = """
      <text class="title" x="\(svgNumber(Self.margin))" y="36">Picture and sound of \(Figure.count(names.count)) \
      \(names.count == 1 ? "clip" : "clips")</text>
      <text x="\(svgNumber(Self.margin))" y="56">Principal components. Directions and scales of two models are not the \
      same. Pointing at a mark names its clip.</text>

      """
    drawing += legend.svg(x: Self.margin, y: legendTop)
    for (column, panels) in columns.enumerated() {
      for (row, panel) in panels.enumerated() {
        drawing += panel.svg(
          x: Self.margin + Double(column) * (ScatterPanel.width + 24), y: top + Double(row) * (ScatterPanel.height + 16)
        )
      }
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(svgNumber(Self.width(tables.count))) \(svgNumber(height))" \
      width="\(svgNumber(Self.width(tables.count)))" height="\(svgNumber(height))">
      <style>
      text { font: 12px "DejaVu Sans", system-ui, sans-serif; fill: #5d6670; }
      .title { font-size: 20px; font-weight: bold; fill: #1b1f24; }
      .name { font-size: 14px; font-weight: bold; fill: #1b1f24; }
      .end { text-anchor: end; }
      .frame { fill: #fff; stroke: #dde1e6; }
      .join { stroke: #5d6670; stroke-width: .8; }
      .mark { stroke: #fff; stroke-width: .7; }
      </style>
      <rect width="100%" height="100%" fill="#f4f5f7"/>
      \(drawing)</svg>

      """
  }

  private static let margin = 24.0
  private static func width(_ models: Int) -> Double {
    max(2 * margin + Double(models) * (ScatterPanel.width + 24) - 24, 760)
  }

  /// Different labels in the order of their numbers, or of their letters; none where there are too many to be classes.
  var classes: [String] {
    let all = Set(labels).sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }
    return all.count <= ScatterLegend.colours.count ? all : []
  }

  private func colour(_ clip: Int) -> String {
    classes.firstIndex(of: labels[clip]).map { ScatterLegend.colours[$0] } ?? ScatterLegend.none
  }

  private func panels(_ table: FeatureTable) throws -> [ScatterPanel] {
    var panels: [ScatterPanel] = []
    let name = shortened(table.name, to: 60)
    if let level = table.layers.indices.last {
      let (video, audio) = table.modalities(level)
      // Contrast looks at directions, so lengths are taken away.
      let rows = (video + audio).map { ModalityAgreement.unit($0).map { Float($0) } }
      let agreement = table.agreement(level)
      let layer = "encoder layer \(table.layers[level])"
      let others = agreement.others.map { ", of different clips \(Figure.fixed($0, 3))" } ?? ""
      let joined = try ScatterPanel(
        title: name,
        notes: [
          "By modality, \(layer). Lines join the modalities of a clip.",
          "Cosine of the same clip \(Figure.fixed(agreement.matching, 3))\(others); "
            + "sound found by picture \(Figure.percent(agreement.recall)) (chance \(Figure.percent(agreement.chance)))",
        ],
        rows: rows
      ) { place in
        let isSound = place >= names.count
        return .init(
          shape: isSound ? .triangle : .circle, colour: isSound ? ScatterLegend.sound : ScatterLegend.picture,
          name: "\(names[place % names.count]), \(isSound ? "sound" : "picture")")
      }
      panels.append(joined.joining(names.indices.map { ($0, $0 + names.count) }))
      panels.append(
        joined.coloured("By class, the same places.") { .init(from: $0, colour: colour($1 % names.count)) })
    }
    let whole = table.clips.map { clip in
      clip.head ?? (clip.fusedVideo.map { $0 + (clip.fusedAudio ?? []) } ?? clip.video ?? clip.audio ?? [])
    }
    let what =
      table.clips[0].head != nil
      ? "what the head reads"
      : table.clips[0].fusedVideo != nil ? "both modalities after fusion" : "the last layer's mean"
    panels.append(
      try ScatterPanel(title: panels.isEmpty ? name : "", notes: ["By class, \(what)."], rows: whole) { place in
        .init(
          shape: .circle, colour: colour(place), name: "\(names[place]), class \(labels[place])")
      })
    return panels
  }
}
