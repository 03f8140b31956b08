import Files
import Layers
import Models
import Networks
import Recognition
import Sessions
import Signal
import Tensor
import Testing

@testable import MienKit

/// An architecture that always computes the whole picture, or a share of it from a half on.
private struct Rigid: Architecture {
  struct Unknown: Error {}

  var shares: ClosedRange<Double>?
  var name: String { "rigid" }
  var title: String { "rigid" }
  var presets: [String] { [] }
  var limits: SizeLimits { SizeLimits(widthStep: 1, largest: 1) }
  var videoTokenShares: ClosedRange<Double>? { shares }

  func recognises(_ store: any TensorStore) -> Bool { false }
  func sizes(of store: any TensorStore) throws(WeightError) -> any NetworkSizes {
    throw .notThisModel(title, "it has no weights")
  }
  func sizes(from decoder: any Decoder, isPretraining: Bool) throws -> any NetworkSizes { throw Unknown() }
  func sizes(for request: SizeRequest) -> (any NetworkSizes)? { nil }
}

private struct RigidSizes: NetworkSizes {
  var shares: ClosedRange<Double>?
  var architecture: any Architecture { Rigid(shares: shares) }
  var inputs: InputShapes {
    InputShapes(video: .pictures(frames: 16, side: 160), audio: .spectrogram(rows: 256, bins: 128))
  }
  var heads: [Head] { [Head(name: "both", modalities: .audioVideo, outputs: 2)] }
  var width: Int { 1 }
  var summary: String { "" }
  var details: String { "" }
  var gigaflops: Double { 0 }
  var json: (sizes: JSON, more: [JSON.Member]) { (.null, []) }

  func network(_ weights: Weights) throws -> any Network { throw Rigid.Unknown() }
  func prove(_ store: any TensorStore) throws { throw Rigid.Unknown() }
}

@Suite struct SpeedSettingsTests {
  private func model(_ shares: ClosedRange<Double>? = nil) throws -> ChosenModel {
    let config = ModelConfig(
      id: "rigid", task: .classification, sizes: RigidSizes(shares: shares), labels: try Labels(["one", "two"]),
      trained: true)
    return ChosenModel(config) { _ in throw Rigid.Unknown() }
  }

  /// What saves nothing must not change the answers, nor be said in the stream.
  @Test func whatTheArchitectureCannotSaveIsReset() throws {
    var model = try model()
    var notes: [ModelNote] = []
    try model.save(videoTokens: 0.5) { notes.append($0) }
    try model.save(pictureEvery: 2) { notes.append($0) }
    #expect(notes == [.cannotSave(.videoTokens, model: "rigid"), .cannotSave(.pictureEvery, model: "rigid")])
    #expect(model.economy == .none && model.summary.economy == .none)
    // Nothing was asked for.
    try model.save(videoTokens: 1) { notes.append($0) }
    try model.save(pictureEvery: 0) { notes.append($0) }
    #expect(notes.count == 2)
  }

  @Test func aShareMustBeTheArchitectures() throws {
    var model = try model(0.5...1)
    try model.save(videoTokens: 0.5) { Issue.record("\($0)") }
    #expect(model.economy == SpeedSettings(videoTokens: 0.5))
    for share in [0.4, 0, -1, 1.5, .nan] {
      #expect(throws: EconomyError.self) { try model.save(videoTokens: share) { Issue.record("\($0)") } }
      #expect(model.economy == .none)
    }
    for seconds in [-1, 61, .nan] {
      #expect(throws: EconomyError.self) { try model.save(pictureEvery: seconds) { Issue.record("\($0)") } }
    }
    let text = EconomyError.videoTokens(0.4, model: "rigid", possible: 0.5...1).description
    #expect(text == "rigid can compute from 0.5 to 1.0 of the picture's tokens, not 0.4")
    #expect("\(EconomyError.pictureEvery(61))" == "a picture can be held for 0.0 to 60.0 s, not 61.0")
  }

  /// A session replays as it was recorded, or not at all.
  @Test func aSessionIsChecked() throws {
    var request = ModelRequest()
    request.untrained = .nano
    let summary = try request.choose().summary
    func chosen(_ economy: SpeedSettings, _ request: ModelRequest) throws -> SpeedSettings {
      var recorded = summary
      recorded.economy = economy
      let session = SessionManifest(
        sessionID: "1", version: "0", wall: "2026-01-02T03:04:05.678Z", zero: 1, hop: .init(seconds: 0.32),
        face: .largest, framing: FaceFraming(), model: recorded, camera: nil, microphone: nil)
      return try request.choose(for: session, at: "there").economy
    }
    let economy = SpeedSettings(videoTokens: 0.25, pictureEvery: .init(seconds: 2))
    #expect(try chosen(economy, request) == economy)
    let error = #expect(throws: FileError.self) { try chosen(SpeedSettings(videoTokens: 0.1), request) }
    #expect(error?.path == "there/manifest.json" && error?.kind == .badData)
    request.videoTokens = 0.5
    #expect(try chosen(economy, request).videoTokens == 0.5)
    request.videoTokens = 0.1
    #expect(throws: EconomyError.self) { try chosen(economy, request) }
  }

  @Test func aRequestIsChecked() throws {
    var request = ModelRequest()
    (request.untrained, request.videoTokens, request.pictureEvery) = (.nano, 0.25, 2)
    #expect(try request.choose().economy == SpeedSettings(videoTokens: 0.25, pictureEvery: .init(seconds: 2)))
    #expect(ModelRequest.videoTokenShares == 0.125...1)
    request.videoTokens = 0.1
    #expect(throws: EconomyError.self) { try request.choose() }
    (request.videoTokens, request.pictureEvery) = (nil, 100)
    #expect(throws: EconomyError.self) { try request.choose() }
  }
}
