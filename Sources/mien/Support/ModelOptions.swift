import ArgumentParser
import Glibc
import HiCMAE
import Logging
import Recognition
import Runs
import Signal
import Tensor

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
  @Option(
    help: ArgumentHelp(
      """
      Encode the picture anew only every so many seconds; windows between rest on the last one. Faster, and other \
      answers. (default: 0, every window; or a session's own)
      """, valueName: "seconds"))
  var pictureEvery: Double?

  private var untrained: UntrainedSize? { engine.untrained }

  func validate() throws {
    if model != nil && untrained != nil { throw ValidationError("--model and --untrained exclude each other.") }
    let range = Economy.secondsRange
    if let pictureEvery, !range.contains(pictureEvery) {
      throw ValidationError("--picture-every must be from 0 to \(Int(range.upperBound)) seconds, not \(pictureEvery).")
    }
  }

  /// - Throws: `Failure` or `ModelError` where no model is found.
  func choose(_ log: Logger) throws -> ChosenModel { saving(try engine.choose(model, log), log) }

  /// With pictures held as long as was asked for.
  private func saving(_ model: ChosenModel, _ log: Logger) -> ChosenModel {
    guard let pictureEvery else { return model }
    var model = model
    model.economy.pictureEvery = Instant(seconds: pictureEvery)
    if pictureEvery > 0, !model.summary.needsVideo {
      log.notice("\(model.config.id) looks at no picture: --picture-every saves nothing")
    }
    return model
  }

  /// The model that a session was recorded with, by the SHA-256 of its weights; another one that was asked for is taken
  /// with a warning. A session that was recorded without a model goes with any.
  /// - Throws: `Failure` or `ModelError` where it is not found.
  func choose(for session: SessionManifest, at path: String, _ log: Logger) throws -> ChosenModel {
    guard let recorded = session.model else { return try choose(log) }
    if model != nil || untrained != nil {
      let chosen = try engine.bare(model, log)
      guard chosen.summary.sha256 == recorded.sha256, recorded.sha256 != nil || chosen.summary.id == recorded.id else {
        log.warning("\(path) was recorded with the model \(recorded.id), not with \(chosen.config.id)")
        return saving(try engine.calibrated(chosen, log), log)
      }
      return saving(engine.calibrated(chosen, as: recorded, log), log)
    }
    guard let sha256 = recorded.sha256 else {
      let size = UntrainedSize.allCases.first { "untrained-\($0.rawValue)" == recorded.id }
      guard let size else {
        throw Failure(.noInput, "\(path): its model \(recorded.id) is in no file; choose one: --model DIR")
      }
      return saving(engine.calibrated(try ChosenModel(untrained: size), as: recorded, log), log)
    }
    let lookup = ModelLookup.system
    for folder in lookup.candidates {
      guard let chosen = try? ChosenModel(folder: folder), chosen.summary.sha256 == sha256 else { continue }
      log.debug("model \(folder)")
      return saving(engine.calibrated(chosen, as: recorded, log), log)
    }
    throw Failure(
      .noInput,
      "\(path): no model with its SHA-256 \(sha256) (\(recorded.id)): looked at \(lookup.places), and models here; say where it is, or "
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
      What the model computes in: f32, bf16, int8, or auto: bf16 where the processor is faster in it. (default: f32, or a \
      session's own)
      """, valueName: "type"))
  var precision: PrecisionChoice?

  @Option(help: Instructions.help) var instructions: Instructions?

  @Option(
    help: ArgumentHelp(
      """
      Compute only this share of the picture's tokens, those that change; from 0.125. Faster, and other answers. \
      (default: 1, all of them; or a session's own)
      """, valueName: "share"))
  var videoTokens: Double?

  @Flag(help: "The model's own probabilities: leave its calibration aside.") var noCalibration = false

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
    try instructions?.validate()
    let range = Economy.tokenRange
    if let videoTokens, !range.contains(videoTokens) {
      throw ValidationError("--video-tokens must be from \(range.lowerBound) to 1, not \(videoTokens).")
    }
  }

  private var level: KernelLevel { instructions?.level ?? .best }

  /// - Parameter model: as `--model` has it; nil: the default.
  /// - Throws: `Failure` or `ModelError` where no model is found.
  func choose(_ model: String?, _ log: Logger) throws -> ChosenModel { try calibrated(bare(model, log), log) }

  /// The model with its own probabilities.
  func bare(_ model: String?, _ log: Logger) throws -> ChosenModel {
    var chosen = try plain(model, log)
    chosen.packing = (precision ?? .f32).packing(at: level, log)
    chosen.economy.videoTokens = videoTokens ?? 1
    if let videoTokens, videoTokens < 1, !chosen.summary.needsVideo {
      log.notice("\(chosen.config.id) looks at no picture: --video-tokens saves nothing")
    }
    return chosen
  }

  private func plain(_ model: String?, _ log: Logger) throws -> ChosenModel {
    if let untrained { return try ChosenModel(untrained: untrained) }
    let found = try ModelLookup.system.find(model)
    let named = found.path
    let path = try RunFolder.model(of: named)
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

  /// The instructions to replay with: those that were recorded with, where this processor has them and nobody asks for
  /// others.
  private func recordedLevel(_ recorded: String?, _ log: Logger) -> KernelLevel {
    guard instructions == nil, let recorded else { return level }
    guard let found = Instructions(rawValue: recorded)?.level, KernelLevel.available.contains(found) else {
      log.notice(
        "recorded with \(recorded.prefix(40)) instructions, which this processor lacks: last digits may differ")
      return level
    }
    if found != level { log.notice("recorded with \(recorded) instructions, and replayed with them") }
    return found
  }

  /// As a session recorded it, so that its windows come out as they did.
  func calibrated(_ model: ChosenModel, as recorded: ModelSummary, _ log: Logger) -> ChosenModel {
    var model = model
    let asked = precision ?? PrecisionChoice(rawValue: recorded.precision) ?? .f32
    model.packing = asked.packing(at: recordedLevel(recorded.instructions, log), log)
    model.economy = recorded.economy
    if let videoTokens { model.economy.videoTokens = videoTokens }
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
