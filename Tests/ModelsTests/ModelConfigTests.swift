import Files
import Foundation
import HiCMAE
import Networks
import Signal
import Testing

@testable import Models

@Suite struct ModelConfigTests {
  static func config() throws -> ModelConfig {
    var config = ModelConfig(
      id: "m", task: .classification, sizes: Configuration(dim: 64, videoDepth: 1, outputs: 2),
      labels: try Labels(["calm", "angry"]), trained: true)
    config.preprocessing.faceFraming.boxTop = 0.05
    config.weights = .init(file: "model.safetensors", sha256: "00")
    config.source = .init(file: "c.pth", sha256: "11")
    return config
  }

  private func read(_ text: String) throws -> ModelConfig {
    let scratch = try ModelScratch()
    try Data(text.utf8).write(to: URL(fileURLWithPath: scratch.file("config.json")))
    return try ModelConfig(file: scratch.file("config.json"))
  }

  @Test func comesBackAsItWent() throws {
    let config = try Self.config()
    #expect(try read(config.json()) == config)
    var pretraining = config
    (pretraining.task, pretraining.labels, pretraining.hicmae.outputs) = (.pretraining, nil, 0)
    (pretraining.source, pretraining.trained) = (nil, false)
    #expect(try read(pretraining.json()) == pretraining)
    // Layers that no checkpoint could tell.
    let sizes = PretrainingConfiguration(
      backbone: Configuration(dim: 64, videoDepth: 0, audioDepth: 5, fusionDepth: 0, outputs: 0), decoderDim: 128,
      decoderDepth: 2, layers: [2, 3], skips: false)
    pretraining.sizes = AnySizes(sizes)
    #expect(try read(pretraining.json()) == pretraining)
    let error = try modelError { _ = try read(pretraining.json().replacingOccurrences(of: "[2,3]", with: "[2,6]")) }
    #expect(error.problem.contains("'skip_layers' do not fit"), "\(error)")
    var last = config
    last.hicmae.layerFusion = false
    #expect(try read(last.json()) == last)
  }

  /// Output 10 comes after output 9, not after output 1: readers that trust the order of a file exist.
  @Test func writesLabelsInTheOrderOfOutputs() throws {
    var config = try Self.config()
    let names = (0..<12).map { "label\($0)" }
    (config.labels, config.hicmae.outputs) = (try Labels(names), names.count)
    let text = config.json()
    let places = try names.indices.map { try #require(text.range(of: "\"\($0)\" : ")).lowerBound }
    #expect(places == places.sorted())
    #expect(try read(text) == config)
  }

  /// The file's own words, which other programs read.
  @Test func spellsItsKeysInSnakeCase() throws {
    let object = try JSONSerialization.jsonObject(with: Data(Self.config().json().utf8)) as? [String: Any]
    let json = try #require(object)
    #expect(json["schema"] as? String == "mien.model/1.0")
    #expect(json["architecture"] as? String == "hicmae")
    #expect(json["modalities"] as? String == "av")
    #expect(json["id2label"] as? [String: String] == ["0": "calm", "1": "angry"])
    #expect(json["label2id"] as? [String: Int] == ["calm": 0, "angry": 1])
    let sizes = json["sizes"] as? [String: Int]
    #expect(sizes == ["dim": 64, "depth_video": 1, "depth_audio": 10, "fusion_depth": 2, "outputs": 2])
    let preprocessing = try #require(json["preprocessing"] as? [String: [String: Any]])
    #expect(preprocessing["face_framing"]?["box_top"] as? Double == 0.05)
    #expect(preprocessing["video"]?["sampling_rate"] as? Int == 4)
    #expect(preprocessing["video"]?["frame_interval"] as? Double == 0.16)
    #expect(preprocessing["spectrogram"]?["mel_bins"] as? Int == 128)
    #expect(preprocessing["spectrogram"]?["mean"] as? Double == -4.2677393)
  }

  @Test(arguments: [
    (#""mien.model/1.0""#, #""mien.model/2.0""#, "'schema' is 'mien.model/2.0'"),
    (#""hicmae""#, #""resnet""#, "'architecture'"),
    (#""id" : "m""#, #""id" : 3"#, "'id' is not a text"),
    (#""trained" : true"#, #""trained" : 1"#, "'trained' is not a truth value"),
    (#""trained" : true"#, #""x" : 1"#, "lacks the key 'trained'"),
    (#""classification""#, #""guessing""#, "'task'"),
    (#""av""#, #""smell""#, "'modalities'"),
    (#""av""#, #""a""#, "'modalities' is 'a', but the sizes are those of 'av'"),
    (#""depth_video" : 1"#, #""depth_video" : 0"#, "'sizes'"),
    (#""layer_fusion" : true"#, #""layer_fusion" : 1"#, "'layer_fusion' is not a truth value"),
    (#""dim" : 64"#, #""dim" : 65"#, "'sizes'"),
    (#""dim" : 64"#, #""dim" : -64"#, "'sizes'"),
    (#""depth_video" : 1"#, #""depth_video" : 1.5"#, "a number in it does not fit"),
    (#""outputs" : 2"#, #""outputs" : 3"#, "'id2label' has 2 labels, but the head has 3 outputs"),
    (#""1" : "angry""#, #""2" : "angry""#, "no label for output 1"),
    (#""1" : "angry""#, #""1" : "calm""#, "'label2id' does not agree"),
    (#""calm" : 0"#, #""calm" : 1"#, "'label2id' does not agree"),
    (#""rows" : 256"#, #""rows" : 128"#, "spectrogram.rows is 128, but this version works with 256"),
    (#""mel_bins" : 128"#, #""mel_bins" : "x""#, "preprocessing.spectrogram.mel_bins"),
    (#""size" : 160"#, #""size" : 224"#, "face_framing.size"),
    (#""box_side" : 1.04"#, #""box_side" : 1e308"#, "face_framing.box_side must be from 0.1 to 10"),
    (#""box_left" : -0.02"#, #""box_left" : -1e9"#, "face_framing.box_left"),
    (#""sampling_rate" : 4"#, #""sampling_rate" : 0"#, "video.sampling_rate"),
    ("{", "[", "is not valid JSON"),
  ]) func refuses(what: String, instead: String, reason: String) throws {
    let text = try Self.config().json()
    let range = try #require(text.range(of: what), "\(what) is not there")
    let error = try modelError { _ = try read(text.replacingCharacters(in: range, with: instead)) }
    #expect(error.kind == .badData)
    #expect(error.description.contains(reason) && error.path.hasSuffix("config.json"), "\(error)")
  }

  @Test func readsLaterMinorVersions() throws {
    let text = try Self.config().json()
    #expect(
      try read(text.replacingOccurrences(of: "mien.model/1.0", with: "mien.model/1.7")) == Self.config())
  }
}
