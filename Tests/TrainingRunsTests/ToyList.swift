import Foundation
import HiCMAE
import HiCMAETraining
import Lists
import Media
import Networks
import Signal
import Tensor
import TrainingRuns

/// A folder with toy clips of three classes and a list of them, gone with the object.
final class ToyList {
  let path: String
  let list: AnnotationList

  /// - Parameters:
  ///   - broken: clips whose sound is missing, by place.
  ///   - label: of each clip, as a list has it.
  init(clips: Int = 6, broken: Set<Int> = [], label: (Int) -> String = { "\($0 % 3)" }) throws {
    var template = Array("/tmp/mien-runs-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    var text = ""
    for clip in 0..<clips {
      try FileManager.default.createDirectory(atPath: "\(path)/face\(clip)", withIntermediateDirectories: true)
      for frame in 0..<3 {
        let shade = UInt8((clip * 41 + frame * 9) % 256)
        let face = FaceCrop(side: 160, pixels: [UInt8](repeating: shade, count: 160 * 160 * 3))
        try PNGFile.write(face, to: "\(path)/face\(clip)/\(frame).png")
      }
      if !broken.contains(clip) {
        let samples = (0..<8000).map { Float(0.3 * sin(Double((200 + 60 * clip) * $0) / 2546)) }
        try AudioFile.write16k(samples, to: "\(path)/sound\(clip).flac")
      }
      text += "face\(clip) sound\(clip).flac \(label(clip))\n"
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/list.csv"))
    list = try AnnotationList(path: path + "/list.csv", bytes: Array(text.utf8))
  }

  func write(_ name: String, _ text: String) throws -> AnnotationList {
    try Data(text.utf8).write(to: URL(fileURLWithPath: self / name))
    return try AnnotationList(path: self / name, bytes: Array(text.utf8))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  static func / (toy: ToyList, name: String) -> String { toy.path + "/" + name }

  static let sizes = Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 3)

  /// A small classification: everything that is random is on.
  func finetuning(
    steps: Int, modalities: Modalities = .audioVideo, change: (inout RunSettings) -> Void = { _ in }
  ) throws -> RunSettings {
    var optimisation = RunSettings.Optimisation(batch: 2, lr: 0.1, minLr: 0, beta2: 0.999)
    (optimisation.steps, optimisation.warmupSteps, optimisation.dropPath) = (steps, 1, 0.3)
    var objective = RunSettings.Objective(.ce)
    (objective.labelSmoothing, objective.classWeights) = (0.1, .balanced)
    var settings = RunSettings(
      task: .finetune, data: try .init(list), model: .init(Self.sizes.keeping(modalities)), objective: objective,
      optimisation: optimisation, augmentation: .finetuning(mixes: true), seed: 5)
    settings.labels = ["calm", "angry", "glad"]
    change(&settings)
    return settings
  }

  func pretraining(
    steps: Int, modalities: Modalities = .audioVideo, change: (inout RunSettings) -> Void = { _ in }
  ) throws -> RunSettings {
    var optimisation = RunSettings.Optimisation(batch: 2, lr: 0.01, minLr: 0, beta2: 0.95)
    (optimisation.steps, optimisation.warmupSteps) = (steps, 1)
    var objective = RunSettings.Objective(.reconstruction)
    objective.contrastWeight = 0.0025
    var backbone = Self.sizes.keeping(modalities)
    backbone.outputs = 0
    var settings = RunSettings(
      task: .pretrain, data: try .init(list),
      model: .init(PretrainingConfiguration(backbone: backbone, decoderDim: 64)), objective: objective,
      optimisation: optimisation, augmentation: .pretraining, seed: 5)
    change(&settings)
    return settings
  }

  /// Opens a run in this folder.
  /// - Parameter source: what it begins with, head and all.
  func run(
    _ name: String, _ settings: RunSettings, from source: (any TensorStore)? = nil, resumes: Bool = false,
    threads: Int = 1, change: (inout TrainingRun.ExecutionOptions) -> Void = { _ in }
  ) throws -> TrainingRun {
    var conditions = TrainingRun.ExecutionOptions()
    conditions.threads = threads
    change(&conditions)
    return try TrainingRun(
      self / name, settings: settings, list: list, validation: settings.validation == nil ? nil : list,
      source: source, takesHead: source != nil, resumes: resumes, conditions: conditions)
  }

  func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self / name)) }

  func records(_ name: String) throws -> [RunRecord] {
    try String(contentsOfFile: self / name + "/log.jsonl", encoding: .utf8).split(separator: "\n").map {
      try RunRecord(line: String($0))
    }
  }

  static func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// A run "run" of 6 steps with a checkpoint each, stopped after 4.
  func stopped() throws -> RunSettings {
    let settings = try finetuning(steps: 6)
    var steps = 0
    _ = try run("run", settings) { $0.checkpointEvery = 1 }.run(
      stop: { steps == 4 }, observe: { if case .step = $0 { steps += 1 } })
    return settings
  }
}
