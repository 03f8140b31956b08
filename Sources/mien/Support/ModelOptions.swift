public import ArgumentParser
import Glibc
import Logging
public import MienKit
import Models
import Networks
import Recognition
import Sessions
import Signal
import Tensor
import TrainingRuns

extension UntrainedSize: ExpressibleByArgument {}
extension SpeechGate: ExpressibleByArgument {}

extension BaselineChoice: ExpressibleByArgument {
  /// `none`, `auto`, or the path of a file.
  public init?(argument: String) {
    switch argument {
    case "": return nil
    case "none": self = .none
    case "auto": self = .auto
    default: self = .file(argument)
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
  @Option(
    help: ArgumentHelp(
      """
      auto: sound in which nobody speaks is left out, where the model can do without sound or looks at nothing else; off: it \
      is used. (default: auto, or a session's own)
      """, valueName: "auto|off"))
  var speechGate: SpeechGate?
  @Option(
    help: ArgumentHelp(
      """
      A person's neutral is the zero. FILE: of one person, which mien calibrate person made; it is applied to everybody. \
      auto: of each person, as far as it was seen. (default: none, or a session's own)
      """, valueName: "auto|FILE|none"))
  var baseline: BaselineChoice?

  private var untrained: UntrainedSize? { engine.untrained }

  func validate() throws {
    if model != nil && untrained != nil { throw ValidationError("--model and --untrained exclude each other.") }
    let range = SpeedSettings.secondsRange
    if let pictureEvery, !range.contains(pictureEvery) {
      throw ValidationError("--picture-every must be from 0 to \(Int(range.upperBound)) seconds, not \(pictureEvery).")
    }
  }

  /// What is asked for.
  var request: ModelRequest {
    var request = engine.request(model)
    (request.pictureEvery, request.speechGate, request.baseline) = (pictureEvery, speechGate, baseline)
    return request
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
    let range = ModelRequest.videoTokenShares
    if let videoTokens, !range.contains(videoTokens) {
      throw ValidationError("--video-tokens must be from \(range.lowerBound) to 1, not \(videoTokens).")
    }
  }

  /// What is asked for.
  /// - Parameter model: as `--model` has it; nil: the default.
  func request(_ model: String?) -> ModelRequest {
    var request = ModelRequest(model: model)
    (request.untrained, request.precision, request.instructions) = (untrained, precision, instructions?.level)
    (request.videoTokens, request.isCalibrated) = (videoTokens, !noCalibration)
    return request
  }

  /// Reads the weights, and says it if they were never trained.
  /// - Throws: what is wrong with them.
  func recognizer(_ chosen: ChosenModel, _ log: Logger) throws -> sending Recognizer {
    let recognizer = try chosen.recognizer(threads: threads)
    introduce(chosen, log)
    return recognizer
  }

  /// Says what a user must know of a model.
  func introduce(_ chosen: ChosenModel, _ log: Logger) {
    if !chosen.config.trained { log.warning("\(chosen.config.id): untrained, the numbers mean nothing") }
    if let note = chosen.config.note { log.notice("\(chosen.config.id): \(note)") }
  }
}
