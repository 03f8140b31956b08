public import ArgumentParser
public import Checkpoint
import Models

extension WeightFormat: ExpressibleByArgument {}

extension ModelCommand {
  /// `mien model export`: a model to hand on.
  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a folder to hand on of a model, or of a run's.",
      discussion: """
        EXAMPLES:
          mien model export runs/mine -o mine
          mien model export runs/mine -o small --weights bf16 --note "Knows twelve actors of one studio."

        Writes config.json and model.safetensors into a new folder. bf16 halves the matrices, with 8 bits of mantissa; \
        what is computed in is --precision's business. Where that changes the weights their SHA-256 is another one, so a \
        calibration is fitted on the export, not before.
        """)

    @Argument(help: "The model folder or run.", completion: .directory) var model: String
    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "dir"), completion: .directory)
    var output: String
    @Option(help: "How weights are stored.") var weights = WeightFormat.float32
    @Option(help: "What streams call the model. (default: the folder's name)") var id: String?
    @Option(help: ArgumentHelp("Said wherever the model answers. (default: that of the model)", valueName: "text"))
    var note: String?
    @Option(
      help: ArgumentHelp(
        "The licence of the weights, such as CC-BY-4.0. (default: that of the model)", valueName: "name"))
    var license: String?
    @Flag(help: "Replace a model folder that is there.") var force = false

    func validate() throws { if output.isEmpty { throw ValidationError("-o needs the name of a folder.") } }

    func run() throws {
      let source = try ModelFolder(RunModels.model(of: model))
      let job = ModelExport(
        source, destination: output, format: weights, id: id, note: note, license: license, force: force)
      let made: ModelFolder
      do { made = try job.run(stop: { Interruption.reason != nil }) } catch is ModelImport.Stopped {
        throw Failure(Interruption.status ?? .interrupted, "\(output): stopped; nothing was written")
      }
      printError("mien: \(made.path): \(made.config.summary)")
    }
  }
}
