import Files
import Foundation
import Layers
import Networks
import Tensor
import Testing
import Training
import VAVL
import VAVLTraining

@Suite struct VAVLSizesTests {
  private static var all: [VAVLSizes] {
    var odd = VAVLSizes(width: 24, attentionHeads: 3, video: .features(width: 10, steps: 360), audio: nil)
    (odd.blocks, odd.sharedBlocks, odd.taps, odd.classes, odd.bottleneck) = (0, 2, 3, 4, 5)
    var apart = StepCacheTests.sizes
    (apart.shares, apart.reconstructs) = (false, false)
    return [StepCacheTests.sizes, odd, apart, StepCacheTests.acting]
  }

  /// Names and shapes tell all sizes but those of ablations that have no parameters.
  @Test(arguments: 0..<4) func inferredFromWeights(_ index: Int) throws {
    let sizes = Self.all[index]
    let fresh = Weights(fresh: 1)
    _ = try VAVLModel(sizes, fresh)
    var store = MemoryStore()
    for parameter in fresh.parameters {
      store.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
    }
    #expect(VAVLArchitecture().recognises(store))
    let found = try VAVLArchitecture().sizes(of: store)
    #expect(AnySizes(found) == sizes, "\(found.summary) instead of \(sizes.summary)")
    try sizes.prove(store)
  }

  @Test(arguments: 0..<4) func throughConfiguration(_ index: Int) throws {
    let sizes = Self.all[index]
    let text = JSON.object([.init("sizes", sizes.json.sizes)]).text
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let found = try decoder.decode(File.self, from: Data(text.utf8)).sizes
    #expect(AnySizes(found) == sizes)
  }

  private struct File: Decodable {
    let sizes: any NetworkSizes
    init(from decoder: any Decoder) throws {
      sizes = try VAVLArchitecture().sizes(from: decoder, isPretraining: false)
    }
  }

  @Test(arguments: [
    (#""width": 32"#, #""width": 30"#), (#""taps": 5"#, #""taps": 4"#), (#""channels": [5, 8, 6]"#, #""channels": []"#),
    (#""kind": "light""#, #""kind": "heavy""#), (#""width": 32"#, #""width": 0"#),
    (
      #""video": {"kind": "light", "channels": [5, 8, 6]},"#,
      #""audio": {"kind": "light", "channels": [4]}, "actions": true,"#
    ),
  ]) func refused(_ old: String, _ new: String) throws {
    let text =
      #"{"sizes": {"width": 32, "attention_heads": 4, "blocks": 1, "shared_blocks": 1, "taps": 5, "#
      + #""video": {"kind": "light", "channels": [5, 8, 6]}, "classes": 3}}"#
    let bad = text.replacingOccurrences(of: old, with: new)
    #expect(bad != text)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    _ = try decoder.decode(File.self, from: Data(text.utf8))
    #expect(throws: DecodingError.self) { try decoder.decode(File.self, from: Data(bad.utf8)) }
  }

  /// As a run keeps them.
  @Test(arguments: 0..<4) func throughRuns(_ index: Int) throws {
    let sizes = Self.all[index]
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let data = try encoder.encode(["model": sizes])
    #expect(String(decoding: data, as: UTF8.self).contains("\"attention_heads\":\(sizes.attentionHeads)"))
    #expect(try decoder.decode([String: VAVLSizes].self, from: data) == ["model": sizes])
  }

  /// A run has labels of one task, and its network heads of that task.
  @Test func tasksOfARun() throws {
    var request = FineTuningRequest(outputs: 2, modalities: .audioVideo)
    #expect(
      VAVLSizes.light(classes: 0).fineTuning(request).heads.map(\.task) == Array(repeating: .classification, count: 3))
    request.task = .regression
    #expect(
      VAVLSizes.light(classes: 6).fineTuning(request).heads.map(\.task) == Array(repeating: .regression, count: 3))
    #expect(throws: WeightError.self) { try VAVLSizes.light(classes: 0).network(Weights(fresh: 1)) }
  }

  @Test func presets() throws {
    let light = try #require(VAVLArchitecture().sizes(for: SizeRequest(preset: "vavl-light", outputs: 6)))
    #expect(light.heads.map(\.name) == ["both", "audio", "video"] && light.outputs == 6)
    #expect(
      light.inputs
        == InputShapes(
          video: .pictures(frames: 16, side: 160), audio: .spectrogram(rows: 256, bins: 128)))
    #expect(VAVLArchitecture().sizes(for: SizeRequest(preset: "tiny", outputs: 6)) == nil)
    let people = try #require(VAVLArchitecture().sizes(for: SizeRequest(preset: "vavl-people", outputs: 7)))
    #expect((people as? VAVLSizes)?.readsActions == true && people.outputs == 7)
    print("vavl-light: \(light.gigaflops) GFLOP, \(light.summary)")
  }

  /// Only a model that sees a face can tell what it does.
  @Test func actionsNeedAPicture() {
    var request = FineTuningRequest(outputs: 3, modalities: .audio)
    request.attributes = 2
    func momentary(_ sizes: VAVLSizes) -> [String] {
      sizes.fineTuning(request).heads.filter(\.isMomentary).map(\.name)
    }
    #expect(momentary(StepCacheTests.acting) == [])
    request.modalities = .audioVideo
    #expect(momentary(StepCacheTests.acting) == ["video_actions"] && momentary(StepCacheTests.sizes) == [])
  }
}
