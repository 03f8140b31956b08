import ArgumentParser
import Checkpoint
import Foundation
import Recognition
import Tensor

/// `mien model`: bring weights into the house, and look at what is there.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Import checkpoints and look at models.", subcommands: [Import.self, Info.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a model folder from a PyTorch .pth or a safetensors checkpoint.",
      discussion: """
        Writes config.json and model.safetensors. PyTorch files are read as data, without Python; nothing in them is run.
        A classifier needs --labels: the names are not in the file, and six classes mean different things in different
        corpora. Named orders: \(Labels.help).
        """)

    @Argument(help: "The checkpoint.", completion: .file(extensions: ["pth", "pt", "safetensors"]))
    var checkpoint: String

    @Option(name: .shortAndLong, help: "The folder to make.", completion: .directory)
    var output: String

    @Option(help: "crema-d, mafw, or names with commas between them, in the order of the head.")
    var labels: String?

    @Option(help: "classification, regression or pretraining (by default by the head).")
    var task: String?

    @Option(help: "What streams call the model (by default the folder's name).")
    var id: String?

    @Flag(help: "Replace a model folder that is there.")
    var force = false

    mutating func validate() throws {
      if let task, ModelConfig.Task(rawValue: task) == nil {
        let known = ModelConfig.Task.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--task '\(task)' is none of \(known)")
      }
      if let labels {
        do { _ = try Labels(parsing: labels) } catch { throw ValidationError("--labels: \(error)") }
      }
    }

    func run() throws {
      try ModelFailure.converted {
        let folder = try ModelImport(
          checkpoint: checkpoint, destination: output, labels: labels.map { try Labels(parsing: $0) },
          task: task.flatMap(ModelConfig.Task.init), id: id, force: force
        ).run()
        FileHandle.standardError.write(Data("\(folder.path): \(folder.config.summary)\n".utf8))
      }
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what a model folder holds.")

    @Argument(help: "The model folder.", completion: .directory)
    var folder: String

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Compute the weights' SHA-256 and compare it with the config's.")
    var verify = false

    func run() throws {
      try ModelFailure.converted {
        let folder = try ModelFolder(folder)
        let store = try folder.open()
        if verify { try folder.verify() }
        let parameters = store.names.reduce(0) { $0 + (store.shape(of: $1)?.reduce(1, *) ?? 0) }
        if json {
          print(try folder.config.json(parameters: parameters, verified: verify ? true : nil), terminator: "")
        } else {
          print(lines(folder.config, parameters).joined(separator: "\n"))
          if verify { print("verified    the weights have this SHA-256") }
        }
      }
    }

    private func lines(_ config: ModelConfig, _ parameters: Int) -> [String] {
      var lines = [
        "id          \(config.id)\(config.trained ? "" : " (untrained: its numbers mean nothing)")",
        "task        \(config.summary)",
        "parameters  \(parameters)",
      ]
      if let labels = config.labels { lines.append("labels      \(labels.names.joined(separator: ", "))") }
      if let weights = config.weights { lines.append("weights     \(weights.file) sha256 \(weights.sha256)") }
      if let source = config.source { lines.append("source      \(source.file) sha256 \(source.sha256)") }
      return lines
    }
  }
}

/// Typed errors of weights and models, on stderr as one line, as sysexits codes.
enum ModelFailure {
  static func code(_ kind: CheckpointError.Kind) -> Int32 {
    switch kind {
    case .noInput: 66
    case .badData: 65
    case .cannotWrite: 74
    }
  }

  static func code(_ kind: ModelError.Kind) -> Int32 {
    switch kind {
    case .usage: 64
    case .noInput: 66
    case .badData: 65
    case .cannotWrite: 74
    }
  }

  static func converted(_ body: () throws -> Void) throws {
    do { try body() } catch let error as CheckpointError {
      throw said("\(error)", code(error.kind))
    } catch let error as ModelError {
      throw said("\(error)", code(error.kind))
    }
  }

  private static func said(_ line: String, _ code: Int32) -> ExitCode {
    FileHandle.standardError.write(Data("mien: \(line)\n".utf8))
    return ExitCode(code)
  }
}
