import ArgumentParser
import Glibc
import HiCMAE
import Logging
import Recognition

/// Sizes that can be had without a checkpoint.
enum UntrainedSize: String, ExpressibleByArgument, CaseIterable {
  case tiny, small, base

  func configuration(outputs: Int) -> Configuration {
    switch self {
    case .tiny: .tiny(outputs: outputs)
    case .small: .small(outputs: outputs)
    case .base: .base(outputs: outputs)
    }
  }
}

/// Which model, and on how many threads.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Model folder, as mien model import writes it.",
      discussion: "By default $MIEN_MODEL, else the only model in $XDG_DATA_HOME/mien/models.", valueName: "dir"))
  var model: String?

  @Option(
    help: ArgumentHelp("Random weights of this size instead of a model: the numbers mean nothing.", valueName: "size"))
  var untrained: UntrainedSize?

  @Option(
    help: ArgumentHelp(
      "Threads of the model; results do not depend on it. (default: one a processor, here \(processors))",
      valueName: "count"))
  var threads: Int?

  func validate() throws {
    if model != nil && untrained != nil { throw ValidationError("--model and --untrained exclude each other.") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  /// - Throws: `Failure` where no model is found, and what a broken model throws.
  func load(_ log: Logger) throws -> LoadedModel {
    let threads = threads ?? processors
    let loaded: LoadedModel
    if let untrained {
      loaded = LoadedModel.untrained(untrained, threads: threads)
    } else {
      let path = try ModelLookup.system.find(model)
      log.debug("model \(path)")
      loaded = try LoadedModel(folder: path, threads: threads)
    }
    if !loaded.summary.trained { log.warning("\(loaded.summary.id): untrained, the numbers mean nothing") }
    return loaded
  }
}

/// Processors of this machine.
let processors = max(1, min(256, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
