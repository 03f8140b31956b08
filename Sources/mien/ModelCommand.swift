import ArgumentParser
import Checkpoint
import Files
import Models
import Networks
import Tensor

/// `mien model`: bring weights into the house, and look at what is there.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Import checkpoints and look at models.",
    discussion: """
      EXAMPLES:
        mien model import base.pth -o base --labels crema-d
        mien model info base --verify
        mien model export runs/mine -o small --weights bf16
      """, subcommands: [Import.self, Export.self, Info.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a model folder from a PyTorch .pth or a safetensors checkpoint.",
      discussion: """
        EXAMPLES:
          mien model import crema-d.pth -o base --labels crema-d
          mien model import own.safetensors -o own --labels calm,angry,glad
          mien model import va.pth -o va --task regression --labels valence,arousal
          mien model import voxceleb2-pretraining.pth -o pretrained

        Writes config.json and model.safetensors into a new folder. PyTorch files are read as data, without Python; \
        nothing in them is run. A classifier needs --labels: the names are not in the file, and six classes mean \
        different things in different corpora. Named orders: \(Labels.help).
        """)

    @Argument(help: "A .pth or .safetensors file.", completion: .file(extensions: ["pth", "pt", "safetensors"]))
    var checkpoint: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "dir"), completion: .directory)
    var output: String

    @Option(
      help: ArgumentHelp(
        "crema-d, mafw, or names with commas between them, in the order of the head.", valueName: "names"))
    var labels: String?

    @Option(
      help: ArgumentHelp(
        "Of attributes that are answered beside classes, in the order of their heads.", valueName: "names"))
    var attributes: String?

    @Option(
      help:
        "classification, regression or pretraining. (default: classification, or pretraining where there is no head)")
    var task: String?

    @Option(help: "What streams call the model. (default: the folder's name)")
    var id: String?

    @Flag(help: "Replace a model folder that is there.")
    var force = false

    mutating func validate() throws {
      if let task, ModelConfig.Task(rawValue: task) == nil {
        let known = ModelConfig.Task.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--task '\(task)' is none of \(known)")
      }
      for (names, option) in [(labels, "labels"), (attributes, "attributes")] {
        guard let names else { continue }
        do { _ = try Labels(parsing: names) } catch { throw ValidationError("--\(option): \(error)") }
      }
    }

    func run() throws {
      var job = try ModelImport(
        checkpoint: checkpoint, destination: output, labels: labels.map { try Labels(parsing: $0) },
        task: task.flatMap(ModelConfig.Task.init), id: id, force: force)
      job.attributes = try attributes.map { try Labels(parsing: $0) }
      let folder: ModelFolder
      do { folder = try job.run(stop: { Interruption.reason != nil }) } catch is ModelImport.Stopped {
        throw Failure(Interruption.status ?? .interrupted, "\(output): stopped; nothing was written")
      }
      printError("mien: \(folder.path): \(folder.config.summary)")
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what a model folder holds.",
      discussion: """
        EXAMPLES:
          mien model info base
          mien model info base --json | jq .id2label
          mien model info base --verify
        """)

    @Argument(help: "The model folder.", completion: .directory)
    var folder: String

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Compute the weights' SHA-256 and compare it with the config's.")
    var verify = false

    func run() throws {
      Interruption.endAtOnce()
      let folder = try ModelFolder(try RunModels.model(of: folder))
      let store = try folder.open()
      if verify { try folder.verify() }
      let parameters = store.names.reduce(0) { $0 + (store.shape(of: $1)?.reduce(1, *) ?? 0) }
      let text =
        json
        ? folder.config.json(parameters: parameters, verified: verify ? true : nil)
        : lines(folder.config, parameters).map { $0 + "\n" }.joined()
      try Output().write(text)
    }

    private func lines(_ config: ModelConfig, _ parameters: Int) -> [String] {
      var lines = [
        "id          \(config.id)\(config.trained ? "" : " (untrained: its numbers mean nothing)")",
        "task        \(config.summary)",
        "parameters  \(parameters)",
      ]
      if let labels = config.labels { lines.append("labels      \(labels.names.joined(separator: ", "))") }
      if let names = config.attributes?.names {
        let areActions = config.heads.contains { $0.isMomentary }
        lines.append("\(areActions ? "actions     " : "attributes  ")\(names.joined(separator: ", "))")
      }
      if let weights = config.weights { lines.append("weights     \(weights.file) sha256 \(weights.sha256)") }
      if let license = config.license { lines.append("license     \(license)") }
      if let note = config.note { lines.append("note        \(note)") }
      if let source = config.source { lines.append("source      \(source.file) sha256 \(source.sha256)") }
      // A stranger's words must not look like ours, nor steer a terminal.
      return lines.map { printable($0, limit: 4000) } + (verify ? ["verified    the weights have this SHA-256"] : [])
    }
  }
}
