import ArgumentParser
import Glibc
import HiCMAE
import Logging
import Recognition
import Runs

/// Sizes that can be had without a checkpoint.
enum UntrainedSize: String, ExpressibleByArgument, CaseIterable {
  case nano, tiny, small, base

  func configuration(outputs: Int) -> Configuration {
    switch self {
    case .nano: .nano(outputs: outputs)
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
      "Model folder that mien model import made, or a run of mien finetune.",
      discussion: "Default: \(ModelLookup.order).", valueName: "dir"))
  var model: String?

  @OptionGroup var engine: EngineOptions

  private var untrained: UntrainedSize? { engine.untrained }

  func validate() throws {
    if model != nil && untrained != nil { throw ValidationError("--model and --untrained exclude each other.") }
  }

  /// - Throws: `Failure` or `ModelError` where no model is found.
  func choose(_ log: Logger) throws -> ChosenModel { try engine.choose(model, log) }

  /// The model that a session was recorded with, by the SHA-256 of its weights; another one that was asked for is taken
  /// with a warning. A session that was recorded without a model goes with any.
  /// - Throws: `Failure` or `ModelError` where it is not found.
  func choose(for session: SessionManifest, at path: String, _ log: Logger) throws -> ChosenModel {
    guard let recorded = session.model else { return try choose(log) }
    if model != nil || untrained != nil {
      let chosen = try engine.bare(model, log)
      guard chosen.summary.sha256 == recorded.sha256, recorded.sha256 != nil || chosen.summary.id == recorded.id else {
        log.warning("\(path) was recorded with the model \(recorded.id), not with \(chosen.config.id)")
        return try engine.calibrated(chosen, log)
      }
      return engine.calibrated(chosen, as: recorded, log)
    }
    guard let sha256 = recorded.sha256 else {
      let size = UntrainedSize.allCases.first { "untrained-\($0.rawValue)" == recorded.id }
      guard let size else {
        throw Failure(.noInput, "\(path): its model \(recorded.id) is in no file; choose one: --model DIR")
      }
      return engine.calibrated(try ChosenModel(untrained: size), as: recorded, log)
    }
    let lookup = ModelLookup.system
    for folder in lookup.candidates {
      guard let chosen = try? ChosenModel(folder: folder), chosen.summary.sha256 == sha256 else { continue }
      log.debug("model \(folder)")
      return engine.calibrated(chosen, as: recorded, log)
    }
    throw Failure(
      .noInput,
      "\(path): no model with its SHA-256 \(sha256) (\(recorded.id)): looked at \(lookup.places); say where it is, or "
        + "take another: --model DIR")
  }

  /// Reads the weights, and says it if they were never trained.
  /// - Throws: what is wrong with them.
  func recognizer(_ chosen: ChosenModel, _ log: Logger) throws -> sending Recognizer {
    try engine.recognizer(chosen, log)
  }
}

/// How a model runs, whichever it is; and the one that needs no file.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Random weights of this size instead of a model: the numbers mean nothing.", valueName: "size"))
  var untrained: UntrainedSize?

  @Option(
    help: ArgumentHelp(
      "Threads of the model; results do not depend on it. (default: all processors, here \(processors))",
      valueName: "count"))
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      """
      What the model computes in: f32, bf16, int8, or auto: bf16 where the processor has it. (default: f32, or a \
      session's own)
      """, valueName: "type"))
  var precision: PrecisionChoice?

  @Flag(help: "The model's own probabilities: leave its calibration aside.") var noCalibration = false

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  /// - Parameter model: as `--model` has it; nil: the default.
  /// - Throws: `Failure` or `ModelError` where no model is found.
  func choose(_ model: String?, _ log: Logger) throws -> ChosenModel { try calibrated(bare(model, log), log) }

  /// The model with its own probabilities.
  func bare(_ model: String?, _ log: Logger) throws -> ChosenModel {
    var chosen = try plain(model, log)
    chosen.packing = (precision ?? .f32).packing(log)
    return chosen
  }

  private func plain(_ model: String?, _ log: Logger) throws -> ChosenModel {
    if let untrained { return try ChosenModel(untrained: untrained) }
    let found = try ModelLookup.system.find(model)
    let named = found.path
    let path = try RunFolder.model(of: named) ?? named
    if let passed = found.passed {
      log.notice("\(named) is taken before the models in \(passed); --model DIR or $MIEN_MODEL takes one of those")
    }
    if path == named { log.debug("model \(path)") } else { log.notice("\(named) is a run: its model \(path)") }
    return try ChosenModel(folder: path)
  }

  /// With the calibration that is kept for its weights, if there is one.
  /// - Throws: `ModelError` where the calibration's file is broken.
  func calibrated(_ model: ChosenModel, _ log: Logger) throws -> ChosenModel {
    guard !noCalibration, model.config.task == .classification, let sha256 = model.summary.sha256,
      let file = CalibrationLookup.system.file(sha256: sha256)
    else { return model }
    var model = model
    let calibration = try file.read()
    model.calibration = calibration
    log.notice(
      "\(model.config.id): calibrated, temperature \(TrainingScreen.short(calibration.temperature)) (\(file.path))")
    return model
  }

  /// As a session recorded it, so that its windows come out as they did.
  func calibrated(_ model: ChosenModel, as recorded: ModelSummary, _ log: Logger) -> ChosenModel {
    var model = model
    model.packing = (precision ?? PrecisionChoice(rawValue: recorded.precision) ?? .f32).packing(log)
    guard !noCalibration, let calibration = recorded.calibration else { return model }
    model.calibration = calibration
    log.notice(
      "\(model.config.id): calibrated as recorded, temperature \(TrainingScreen.short(calibration.temperature))")
    return model
  }

  /// Reads the weights, and says it if they were never trained.
  /// - Throws: what is wrong with them.
  func recognizer(_ chosen: ChosenModel, _ log: Logger) throws -> sending Recognizer {
    let recognizer = try chosen.recognizer(threads: threads ?? processors)
    if !chosen.config.trained { log.warning("\(chosen.config.id): untrained, the numbers mean nothing") }
    if let note = chosen.config.note { log.notice("\(chosen.config.id): \(note)") }
    return recognizer
  }
}

/// Processors of this machine.
let processors = max(1, min(256, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
