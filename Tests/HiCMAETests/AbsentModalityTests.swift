import Files
import Foundation
import Layers
import Networks
import Tensor
import TestSupport
import Testing

@testable import HiCMAE

/// A model of both modalities with values that stand for an absent one.
@Suite struct AbsentModalityTests {
  private static let plain = Configuration(dim: 64, videoDepth: 2, audioDepth: 1, fusionDepth: 1, outputs: 3)
  private static var sizes: Configuration {
    var sizes = plain
    sizes.absentTokens = true
    return sizes
  }
  private let video = Hashed.video(seed: "absent", batch: 1)
  private let audio = Hashed.audio(seed: "absent", batch: 1)

  private func answers(_ engine: any NetworkEngine, _ input: NetworkInput) -> [[Float]] {
    let outputs = (0..<3).map { _ in FloatBuffer([9, 9, 9]) }
    engine.answer(input, into: outputs)
    return outputs.map(\.array)
  }

  /// Names tell that there are such values, and config.json says it; models without them are written as before.
  @Test func sizesAreToldByNamesAndByConfig() throws {
    let weights = Weights(fresh: 1)
    _ = try HiCMAEModel(Self.sizes, weights)
    let own = weights.asked.filter { $0.name.hasPrefix("absent.") }
    #expect(
      Dictionary(uniqueKeysWithValues: own) == [
        "absent.video.token": [64], "absent.video.summary": [64], "absent.audio.token": [64],
        "absent.audio.summary": [64],
      ])
    #expect(try Configuration(inferredFrom: weights.store) == Self.sizes)
    let rest = ZeroStore(weights.asked.filter { !$0.name.hasPrefix("absent.") })
    #expect(try Configuration(inferredFrom: rest) == Self.plain)
    let part = #expect(throws: WeightError.self) {
      try HiCMAEModel(reading: ZeroStore(weights.asked.filter { $0.name != "absent.audio.token" }))
    }
    #expect(part == .unfit(missing: ["absent.audio.token"], misshapen: [], unused: []))

    #expect(Self.sizes.json.sizes.text.contains(#""absent_tokens":true"#))
    #expect(!Self.plain.json.sizes.text.contains("absent"))
    #expect(Self.sizes.keeping(.audio) == Self.plain.keeping(.audio) && Self.sizes != Self.plain)
    for sizes in [Self.sizes, Self.plain] {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let text = JSON.object([.init("sizes", sizes.json.sizes)] + sizes.json.more).text
      struct Read: Decodable {
        let sizes: AnySizes

        init(from decoder: any Decoder) throws {
          sizes = AnySizes(try HiCMAEArchitecture().sizes(from: decoder, isPretraining: false))
        }
      }
      #expect(try decoder.decode(Read.self, from: Data(text.utf8)).sizes == sizes)
      // Of a run.
      let coded = try JSONEncoder().encode(sizes)
      #expect(try JSONDecoder().decode(Configuration.self, from: coded) == sizes)
      #expect(String(decoding: coded, as: UTF8.self).contains("absentTokens") == sizes.absentTokens)
      let alone = text.replacing(#""depth_video":2"#, with: #""depth_video":0"#)
        .replacing(#""fusion_depth":1"#, with: #""fusion_depth":0"#)
      #expect((try? decoder.decode(Read.self, from: Data(alone.utf8))) == nil || !sizes.absentTokens)
    }
  }

  @Test func thereIsAHeadForEachModality() {
    #expect(Self.sizes.heads.map(\.name) == ["both", "audio", "video"])
    #expect(Self.sizes.heads.map(\.modalities) == [.audioVideo, .audio, .video])
    #expect(Self.sizes.heads.allSatisfy { $0.outputs == 3 } && Self.plain.heads.map(\.name) == ["emotion"])
    #expect(Self.sizes.summary == "dim 64, depth 2 and 1, fusion 1, absent tokens, 3 outputs")
  }

  /// With both modalities there, nothing is different: the bits are those of the model without such values.
  @Test(arguments: InferenceTests.packings) func bothModalitiesAnswerAsBefore(packing: WeightPacking?) throws {
    let weights = Weights(fresh: 4)
    _ = try HiCMAEModel(Self.sizes, weights)
    var store = MemoryStore()
    for parameter in weights.parameters where !parameter.name.hasPrefix("absent.") {
      store.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
    }
    let (whole, plain) = (
      try HiCMAEModel(reading: weights.store, packing: packing), try HiCMAEModel(reading: store, packing: packing)
    )
    let (video, audio) = (self.video.array, self.audio.array)
    let logits = Inference(model: whole).logits(video: video, audio: audio)
    #expect(logits == Inference(model: plain).logits(video: video, audio: audio))
  }

  /// Each head answers from what it rests on, whatever else is given; a head that is not asked is not computed. The same at
  /// any number of threads, and near the same in every format.
  @Test(arguments: InferenceTests.packings) func headsAnswerFromWhatIsThere(packing: WeightPacking?) {
    let model = HiCMAEModel(Self.sizes, seed: 6, packing: packing)
    let engine = model.engine(EngineOptions())
    let all = answers(engine, NetworkInput(video: video, audio: audio))
    #expect(Set(all).count == 3 && !all.joined().contains(9))
    #expect(answers(engine, NetworkInput(video: nil, audio: audio)) == [[9, 9, 9], all[1], [9, 9, 9]])
    #expect(answers(engine, NetworkInput(video: video, audio: nil)) == [[9, 9, 9], [9, 9, 9], all[2]])
    #expect(answers(engine, NetworkInput(video: nil, audio: nil)) == [[9, 9, 9], [9, 9, 9], [9, 9, 9]])
    for place in 0..<3 {
      var input = NetworkInput(video: video, audio: audio)
      input.onlyHead = place
      var wanted = [[Float]](repeating: [9, 9, 9], count: 3)
      wanted[place] = all[place]
      #expect(answers(model.engine(EngineOptions(threads: 2)), input) == wanted)
    }
    let exact = answers(
      HiCMAEModel(Self.sizes, seed: 6).engine(EngineOptions()), NetworkInput(video: video, audio: audio))
    let worst = zip(all.joined(), exact.joined()).map { abs($0 - $1) }.max() ?? 9
    #expect(worst < 0.3, "\(worst)")
  }

  /// Several windows at once give what each gives by itself.
  @Test func aBatchIsItsWindows() {
    let inference = Inference(model: HiCMAEModel(Self.sizes, seed: 6))
    let sounds = Hashed.audio(seed: "two", batch: 2)
    let together = FloatBuffer(count: 6)
    inference.logits(video: nil, audio: sounds, into: together)
    let half = sounds.count / 2
    let each = [sounds.array[..<half], sounds.array[half...]].flatMap { inference.logits(video: nil, audio: Array($0)) }
    var worst = WorstDifference()
    for (place, (a, b)) in zip(together.array, each).enumerated() { worst.see("\(place)", Double(a), Double(b)) }
    #expect(worst.value < 1e-5, "\(worst)")
  }

  /// A picture that is held serves the head of both and the head of the picture alone, and its tokens can be left out.
  @Test func aHeldPictureServesBothHeads() {
    let model = HiCMAEModel(Self.sizes, seed: 6)
    var options = EngineOptions()
    (options.keepsVideo, options.videoTokens) = (true, 0.4)
    let (engine, other) = (model.engine(options), Hashed.video(seed: "other", batch: 1))
    let first = answers(engine, NetworkInput(video: video, audio: audio))
    #expect(answers(engine, NetworkInput(video: other, audio: nil, isSameVideo: true))[2] == first[2])
    #expect(answers(engine, NetworkInput(video: other, audio: audio, isSameVideo: true))[0] == first[0])
    // A window without a picture between them changes nothing.
    #expect(answers(engine, NetworkInput(video: nil, audio: audio))[1] == first[1])
    #expect(answers(engine, NetworkInput(video: other, audio: nil))[2] != first[2])
  }
}
