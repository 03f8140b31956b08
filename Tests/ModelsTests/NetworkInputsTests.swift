import Checkpoint
import Files
import Layers
import Networks
import Tensor
import Testing

@testable import Models

/// A network of one weight that takes what it is told.
private struct Odd: Architecture {
  var inputs: InputShapes

  var name: String { "odd" }
  var title: String { "odd" }
  var presets: [String] { [] }
  var limits: SizeLimits { SizeLimits(widthStep: 1, largest: 16) }
  func recognises(_ store: any TensorStore) -> Bool { true }
  func sizes(of store: any TensorStore) throws(WeightError) -> any NetworkSizes {
    OddSizes(architecture: self, width: store.shape(of: "w")?.first ?? 0)
  }
  func sizes(from decoder: any Decoder, isPretraining: Bool) throws -> any NetworkSizes {
    OddSizes(architecture: self, width: 2)
  }
  func sizes(for request: SizeRequest) -> (any NetworkSizes)? { nil }
}

private struct OddSizes: NetworkSizes {
  let odd: Odd
  let width: Int

  init(architecture: Odd, width: Int) { (odd, self.width) = (architecture, width) }

  var architecture: any Architecture { odd }
  var inputs: InputShapes { odd.inputs }
  var heads: [Head] { [] }
  var summary: String { "odd" }
  var details: String { "odd" }
  var gigaflops: Double { 0 }
  var json: (sizes: JSON, more: [JSON.Member]) { (["width": .int(width)], []) }
  func network(_ weights: Weights) throws -> any Network { throw WeightError.notThisModel("odd", "it is no network") }
  func prove(_ store: any TensorStore) throws {}

  static func == (one: OddSizes, other: OddSizes) -> Bool { one.width == other.width }
  func hash(into hasher: inout Hasher) { hasher.combine(width) }
}

@Suite struct NetworkInputsTests {
  private func imported(_ inputs: InputShapes, width: Int = 2, to scratch: ModelScratch) throws -> ModelFolder {
    var store = MemoryStore()
    store.add("w", shape: [width], values: FloatBuffer(count: width))
    try writeSafetensors(store, to: scratch.file("odd.safetensors"))
    return try ModelImport(
      checkpoint: scratch.file("odd.safetensors"), destination: scratch.file("odd"), among: [Odd(inputs: inputs)]
    ).run()
  }

  private static let made = InputShapes(
    video: .pictures(frames: 16, side: 160), audio: .spectrogram(rows: 256, bins: 128))

  @Test func whatIsMadeOfAWindowIsTaken() throws {
    for inputs in [Self.made, .init(video: Self.made.video, audio: nil), .init(video: nil, audio: Self.made.audio)] {
      let scratch = try ModelScratch()
      #expect(try imported(inputs, to: scratch).open().names == ["w"])
    }
  }

  @Test(arguments: [
    (InputShapes(video: .pictures(frames: 8, side: 160), audio: nil), "8 pictures of 160×160 as video"),
    (InputShapes(video: .pictures(frames: 16, side: 224), audio: nil), "16 pictures of 224×224 as video"),
    (InputShapes(video: nil, audio: .spectrogram(rows: 512, bins: 128)), "a spectrogram of 512×128 as audio"),
    (
      InputShapes(video: .pictures(frames: 16, side: 160), audio: .features(steps: 8, width: 64)),
      "features of 8×64 as audio"
    ),
    (InputShapes(video: .spectrogram(rows: 256, bins: 128), audio: nil), "a spectrogram of 256×128 as video"),
  ]) func otherInputsAreRefused(inputs: InputShapes, words: String) throws {
    let scratch = try ModelScratch()
    let error = try modelError { _ = try imported(inputs, to: scratch) }
    #expect(error.kind == .badData && error.path == scratch.file("odd.safetensors"))
    #expect(error.problem.hasPrefix("it takes \(words), but this version makes "), "\(error)")
    // A folder that another version made.
    let usual = InputShapes(
      video: inputs.video == nil ? nil : Self.made.video, audio: inputs.audio == nil ? nil : Self.made.audio)
    _ = try imported(usual, to: scratch)
    let folder = try ModelFolder(scratch.file("odd"), among: [Odd(inputs: inputs)])
    #expect(try modelError { _ = try folder.open() }.path == folder.weightsPath)
  }

  /// The width that is allowed, and sizes that differ, are the architecture's to say.
  @Test func anArchitectureSaysWhatFits() throws {
    let scratch = try ModelScratch()
    let error = try modelError { _ = try imported(Self.made, width: 17, to: scratch) }
    #expect(error.problem == "its width is 17; the limit is 16")
    _ = try imported(Self.made, width: 3, to: scratch)
    let folder = try ModelFolder(scratch.file("odd"), among: [Odd(inputs: Self.made)])
    #expect(try modelError { _ = try folder.open() }.problem == "config.json says odd, but model.safetensors has odd")
  }
}
