import Files
import Foundation
import HiCMAE
import Layers
import Tensor
import Testing

@testable import Models

@Suite struct ModelFolderTests {
  @Test func saysWhatIsNotAModel() throws {
    let scratch = try ModelScratch()
    let missing = try modelError { _ = try ModelFolder(scratch.file("none")) }
    #expect(missing.kind == .noInput && missing.remedy?.contains("mien model import") == true)
    let empty = try modelError { _ = try ModelFolder(scratch.path) }
    #expect(empty.problem.contains("config.json") && empty.remedy?.contains("mien model import") == true)
    let file = try modelError { _ = try ModelFolder(scratch.checkpoint()) }
    #expect(file.kind == .noInput && file.problem.contains("is a file"))
  }

  /// Changes one thing in a good model's config.
  private func bent(_ scratch: ModelScratch, _ change: (inout ModelConfig) -> Void) throws -> ModelFolder {
    var config = try scratch.model().config
    change(&config)
    try Data(config.json().utf8).write(to: URL(fileURLWithPath: scratch.file("model/config.json")))
    return try ModelFolder(scratch.file("model"))
  }

  @Test func weightsStayInTheFolder() throws {
    for name in ["../model.safetensors", "/etc/passwd", "..", ""] {
      let scratch = try ModelScratch()
      #expect(try modelError { _ = try bent(scratch) { $0.weights?.file = name } }.problem.contains("weights.file"))
    }
    let scratch = try ModelScratch()
    #expect(try modelError { _ = try bent(scratch) { $0.weights = nil } }.problem.contains("'weights'"))
  }

  /// Calibrations are files named after it.
  @Test func theSHA256IsOne() throws {
    for text in ["../../../tmp/x", "", String(repeating: "g", count: 64), String(repeating: "A", count: 64)] {
      let scratch = try ModelScratch()
      let problem = try modelError { _ = try bent(scratch) { $0.weights?.sha256 = text } }.problem
      #expect(problem.contains("weights.sha256"), "\(problem)")
    }
  }

  @Test func sizesAgreeWithTheWeights() throws {
    let scratch = try ModelScratch()
    let folder = try bent(scratch) { $0.hicmae.fusionDepth = 2 }
    let error = try modelError { _ = try folder.load() }
    #expect(error.kind == .badData && error.problem.contains("fusion 2") && error.problem.contains("fusion 1"))
  }

  @Test func missingWeightsAreNamed() throws {
    let scratch = try ModelScratch()
    let folder = try bent(scratch) { $0.weights?.file = "other.safetensors" }
    let error = #expect(throws: FileError.self) { _ = try folder.load() }
    #expect(error?.kind == .noInput && error?.path.hasSuffix("model/other.safetensors") == true)
  }

  /// One flipped bit in the weights: `verify` sees it; if it makes a NaN, `load` does too.
  @Test func damagedWeightsAreSeen() throws {
    let scratch = try ModelScratch()
    let folder = try scratch.model()
    let handle = try #require(FileHandle(forUpdatingAtPath: folder.weightsPath))
    let end = try handle.seekToEnd()
    try handle.seek(toOffset: end - 4)
    try handle.write(contentsOf: Data([0, 0, 0xc0, 0x7f]))
    try handle.close()
    let error = try modelError { try folder.verify() }
    #expect(error.kind == .badData && error.problem.contains("SHA-256"))
    let load = try modelError { _ = try folder.load() }
    #expect(load.kind == .badData && load.path == folder.weightsPath && load.problem.contains("nan"), "\(load)")
  }

  @Test func untrainedModelsSaySo() throws {
    let model = LoadedModel(
      untrained: ModelScratch.sizes, called: "small", labels: try Labels(parsing: "crema-d"), seed: 7)
    #expect(!model.config.trained && model.config.id == "untrained-small-7" && model.config.weights == nil)
    let heads = try [UInt64(7), 7, 8].map { seed in
      let made = LoadedModel(
        untrained: ModelScratch.sizes, called: "small", labels: try Labels(parsing: "crema-d"), seed: seed)
      return try #require(made.network as? HiCMAEModel).head.weight.values[5, 255]
    }
    #expect(heads[0] == heads[1] && heads[0] != heads[2], "the seed decides")
  }
}
