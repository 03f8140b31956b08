import ArgumentParser
import Files
import Lists
import Logging
import MienKit
import Models
import Networks
import TrainingRuns

/// `mien embed`: what clips are to a model, and how picture and sound meet in it.
struct Embed: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Export a model's features of clips, and draw how picture and sound meet.",
    discussion: """
      EXAMPLES:
        mien embed --model runs/mine --data test.csv -o features
        mien embed --untrained tiny --compare runs/pretrained --data test.csv -o features
        mien embed --model runs/mine --data test.csv -o features | jq '.levels[-1].recall_at_1'

      DIR gets features.safetensors (a row a clip), clips.tsv (which clip, with its label) and features.svg: principal \
      components by modality, with a line between the modalities of a clip, and by class. A JSON line a model on stdout has the \
      cosine similarity of picture and sound of the same and of different clips, and how often a picture finds its own \
      sound. One view a clip, its first 2.56 s. Clips that cannot be used are named and left out; the exit status is then \
      65. docs/training.md says more.
      """)

  @Option(
    help: ArgumentHelp(
      "A pre-trained or fine-tuned model: a run, a model folder, or a checkpoint file in the published format.",
      valueName: "path"))
  var model: String?
  @Option(
    help: ArgumentHelp("Random weights of this size instead of a model: the numbers mean nothing.", valueName: "size"))
  var untrained: UntrainedSize?
  @Option(help: ArgumentHelp("Another model, drawn beside the first: after training, say.", valueName: "path"))
  var compare: String?
  @Option(help: ArgumentHelp("The list of clips.", valueName: "list")) var data: String
  @OptionGroup var options: InspectionOptions

  func validate() throws {
    if (model == nil) == (untrained == nil) { throw ValidationError("Give either --model or --untrained.") }
  }

  func run() throws {
    let log = options.verbosity.bootstrap()
    let list = try AnnotationList(path: data, bytes: try readFile(data))
    var readers = [try first()]
    var tables = [FeatureTable(name: model ?? untrained.map { "untrained \($0.rawValue)" } ?? "")]
    if let compare {
      readers.append(try reader(compare))
      tables.append(FeatureTable(name: compare))
    }
    if untrained != nil { log.warning("\(tables[0].name): the numbers mean nothing") }
    let folder = try NewFolder(options.output)
    defer { folder.removeIfEmpty() }
    var used: [Int] = []
    let broken = try options.each(list, isAlone: false, wants: readers.map(\.want), log) { position, inputs in
      for place in readers.indices {
        let features = readers[place].features(inputs[place])
        guard features.isFinite else {
          throw Failure(
            .badData, "\(tables[place].name): gives what is no number for \(data):\(list.entries[position].line)")
        }
        tables[place].add(features)
      }
      used.append(position)
    }
    guard !used.isEmpty else { throw Failure(.badData, "\(data): none of its clips can be used; see mien data check") }

    let entries = used.map { list.entries[$0] }
    let figure = FeatureFigure(
      tables, names: entries.map { "\($0.line): \($0.video ?? $0.audio ?? "")" },
      labels: entries.map { title($0, readers.compactMap(\.labels).first) })
    let svg = try figure.svg()
    let files = ["features.safetensors", "compared.safetensors"].prefix(tables.count).map { folder / $0 }
    for (table, file) in zip(tables, files) { try table.write(to: file) }
    try write(Self.table(entries), to: folder / "clips.tsv")
    try write(svg, to: folder / "features.svg")
    let lines = tables.enumerated().map { place, table in
      Self.json(table, dim: readers[place].dim, files[place], folder / "features.svg", left: broken).text + "\n"
    }
    try Output().end(
      with: lines.joined(),
      failure: broken == 0
        ? nil : Failure(.badData, "\(data): \(broken) of \(list.entries.count) clips could not be used"))
  }

  private func first() throws -> FeatureReader {
    guard let untrained else { return try reader(model ?? "") }
    let labels = try Labels(parsing: "crema-d")
    return try FeatureReader(
      untrained: untrained.sizes(outputs: labels.names.count), called: "untrained-\(untrained.rawValue)-1", seed: 1,
      threads: options.threadCount)
  }

  private func reader(_ path: String) throws -> FeatureReader {
    try FeatureReader(try StartingPoint(path), threads: options.threadCount)
  }

  /// A class's name where the model knows it.
  private func title(_ entry: AnnotationList.Entry, _ names: [String]?) -> String {
    guard entry.label.count == 1 else { return entry.label.joined(separator: " ") }
    guard let names, let index = Int(entry.label[0]), names.indices.contains(index) else { return entry.label[0] }
    return names[index]
  }

  private func write(_ text: String, to path: String) throws {
    let file = try AtomicFile(path)
    try file.write(text)
    try file.commit()
  }

  /// Rows in the order of the features'.
  private static func table(_ entries: [AnnotationList.Entry]) -> String {
    func field(_ text: String) -> String { String(text.map { "\t\n\r".contains($0) ? " " : $0 }) }
    let rows = entries.map { entry in
      ["\(entry.line)", entry.video ?? "-", entry.audio ?? "-", entry.label.joined(separator: " ")].map(field)
    }
    return ([["line", "video", "audio", "label"]] + rows).map { $0.joined(separator: "\t") + "\n" }.joined()
  }

  private static func json(_ table: FeatureTable, dim: Int, _ file: String, _ picture: String, left: Int) -> JSON {
    let levels = table.layers.indices.map { level -> JSON in
      let found = table.agreement(level)
      return [
        "layer": .int(table.layers[level]), "cosine_same": .double(found.matching),
        "cosine_others": .optional(found.others), "recall_at_1": .double(found.recall), "chance": .double(found.chance),
      ]
    }
    return [
      "model": .string(table.name), "clips": .int(table.clips.count), "left_out": .int(left), "dim": .int(dim),
      "features": .string(file), "picture": .string(picture), "levels": .array(levels),
    ]
  }
}
