import HiCMAE
import Networks
import Tensor
import TestSupport
import Testing

@Suite struct EngineTests {
  private let model = HiCMAEModel(
    Configuration(dim: 64, videoDepth: 1, audioDepth: 1, fusionDepth: 1, outputs: 3), seed: 5)
  private let video = Hashed.video(seed: "engine", batch: 1)
  private let audio = Hashed.audio(seed: "engine", batch: 1)

  private func answers(_ engine: any NetworkEngine, _ input: NetworkInput) -> [Float] {
    let output = FloatBuffer([9, 9, 9])
    engine.answer(input, into: [output])
    return output.array
  }

  /// The head rests on both modalities: without one of them its outputs stay as they are.
  @Test func aHeadThatLacksAModalityDoesNotAnswer() {
    let engine = model.engine(EngineOptions())
    for (video, audio) in [(nil, audio), (video, nil), (nil, nil)] {
      #expect(answers(engine, NetworkInput(video: video, audio: audio)) == [9, 9, 9])
    }
    let wanted = Inference(model: model).logits(video: video.array, audio: audio.array)
    #expect(answers(engine, NetworkInput(video: video, audio: audio)) == wanted)
  }

  /// A window without sound is the last call with its slot all the same: its video is not that of the call before it.
  @Test func whatIsKeptIsOfTheLastCall() {
    var options = EngineOptions()
    options.keepsVideo = true
    let engine = model.engine(options)
    let other = Hashed.video(seed: "other", batch: 1)
    let first = answers(engine, NetworkInput(video: other, audio: audio))
    #expect(answers(engine, NetworkInput(video: video, audio: nil)) == [9, 9, 9])
    let second = answers(engine, NetworkInput(video: video, audio: audio, isSameVideo: true))
    #expect(first != second)
    #expect(second == Inference(model: model).logits(video: video.array, audio: audio.array))
  }

  /// A model of one modality answers whether the other one is there or not.
  @Test func oneModalityIsEnoughForItsModel() {
    let model = HiCMAEModel(Configuration(dim: 64, videoDepth: 0, audioDepth: 1, fusionDepth: 0, outputs: 3), seed: 5)
    let engine = model.engine(EngineOptions())
    let heard = answers(engine, NetworkInput(video: nil, audio: audio))
    #expect(heard != [9, 9, 9] && answers(engine, NetworkInput(video: video, audio: audio)) == heard)
    #expect(answers(engine, NetworkInput(video: video, audio: nil)) == [9, 9, 9])
  }
}
