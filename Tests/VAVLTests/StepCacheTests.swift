import Layers
import Networks
import Tensor
import TestSupport
import Testing
import VAVL

/// Steps that are encoded once for all windows they are in, beside windows that are encoded whole: the same bits.
@Suite struct StepCacheTests {
  static var sizes: VAVLSizes {
    var sizes = VAVLSizes(
      width: 32, attentionHeads: 2, video: .light(channels: [5, 8, 6]), audio: .light(channels: [4, 7]))
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes, sizes.attributes) = (1, 1, 5, 3, 2)
    return sizes
  }

  /// The same, and the attributes are what a face does in the newest frame.
  static var acting: VAVLSizes {
    var sizes = sizes
    sizes.readsActions = true
    return sizes
  }

  /// Frames and rows of a stream, by their place in it.
  static func window(firstFrame: Int, firstRow: Int) -> NetworkInput {
    let video = FloatBuffer(count: 3 * 16 * 160 * 160)
    for frame in 0..<16 {
      let values = Hashed.values("frame \(firstFrame + frame)", count: 3 * 160 * 160)
      for colour in 0..<3 {
        (video.base + (colour * 16 + frame) * 160 * 160).update(
          from: values.base + colour * 160 * 160, count: 160 * 160)
      }
    }
    let audio = FloatBuffer(count: 256 * 128)
    for row in 0..<256 {
      let values = Hashed.values("row \(firstRow + row)", count: 128)
      (audio.base + row * 128).update(from: values.base, count: 128)
    }
    return NetworkInput(video: video, audio: audio)
  }

  static func answers(_ engine: any NetworkEngine, _ input: NetworkInput, _ heads: [Head]) -> [[Float]] {
    let outputs = heads.map { FloatBuffer([Float](repeating: 77, count: $0.outputs)) }
    engine.answer(input, into: outputs)
    return outputs.map(\.array)
  }

  @Test(arguments: KernelLevel.available, [Self.sizes, Self.acting])
  func sameBits(level: KernelLevel, sizes: VAVLSizes) throws {
    for precision in Precision.allCases where precision.running(at: level) == precision {
      let packing = WeightPacking(precision, level: level)
      let network = sizes.freshNetwork(seed: 3, packing: packing)
      let (cached, whole) = (network.engine(EngineOptions(threads: 2)), network.engine(EngineOptions()))
      // Two frames and 32 rows further; then rows that begin elsewhere in a block; then a jump; then frames that repeat.
      for (frame, row) in [(0, 0), (2, 32), (4, 64), (5, 67), (5, 67), (400, 4000), (402, 4032)] {
        var input = Self.window(firstFrame: frame, firstRow: row)
        let truth = Self.answers(whole, input, sizes.heads)
        // The last rows of a live window may change.
        input.steps = WindowSteps(
          frames: (frame..<frame + 16).map { StepKey(place: $0) }, firstRow: StepKey(place: row), finalRows: 250)
        let found = Self.answers(cached, input, sizes.heads)
        #expect(found == truth, "\(level), \(precision), frame \(frame)")
        #expect(found.allSatisfy { $0.allSatisfy(\.isFinite) } && found[0] != found[1])
      }
      // A window whose frames are all the same one.
      var still = Self.window(firstFrame: 9, firstRow: 0)
      guard let video = still.video else { continue }
      for colour in 0..<3 {
        for frame in 1..<16 {
          (video.base + (colour * 16 + frame) * 25_600).update(from: video.base + colour * 16 * 25_600, count: 25_600)
        }
      }
      let truth = Self.answers(whole, still, sizes.heads)
      still.steps = WindowSteps(
        frames: [StepKey](repeating: StepKey(place: 9), count: 16), firstRow: StepKey(place: 0), finalRows: 256)
      #expect(Self.answers(cached, still, sizes.heads) == truth, "\(level), \(precision), a still")
    }
  }

  /// Heads that lack a modality are not asked, and their outputs stay.
  @Test(arguments: [Self.sizes, Self.acting]) func missingModalities(sizes: VAVLSizes) {
    let network = sizes.freshNetwork(seed: 3)
    let engine = network.engine(EngineOptions())
    let both = Self.window(firstFrame: 0, firstRow: 0)
    let whole = Self.answers(engine, both, sizes.heads)
    for (video, audio) in [(both.video, nil), (nil, both.audio), (nil, nil)] {
      let found = Self.answers(engine, NetworkInput(video: video, audio: audio), sizes.heads)
      let there = Modalities(video: video != nil, audio: audio != nil)
      for (index, head) in sizes.heads.enumerated() {
        let isThere = there.isSuperset(of: head.modalities)
        #expect(found[index] == (isThere ? whole[index] : [Float](repeating: 77, count: head.outputs)), "\(head.name)")
      }
    }
  }
}
