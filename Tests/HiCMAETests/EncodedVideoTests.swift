import HiCMAE
import Tensor
import TestSupport
import Testing

@Suite struct EncodedVideoTests {
  /// One window's picture with another's sound is that picture with that sound, bit for bit, and is not looked at again.
  @Test(arguments: InferenceTests.packings, [nil, TokenPruning(share: 0.3)])
  func aHeldPictureIsThatPicture(packing: WeightPacking?, pruning: TokenPruning?) {
    let model = HiCMAEModel(
      Configuration(dim: 128, videoDepth: 2, audioDepth: 2, fusionDepth: 1, outputs: 5), seed: 9, packing: packing)
    let inference = Inference(model: model, threads: 2, pruning: pruning)
    let (first, second) = (Hashed.video(seed: "first", batch: 1), Hashed.video(seed: "second", batch: 1))
    let (speech, silence) = (Hashed.audio(seed: "speech", batch: 1), Hashed.audio(seed: "silence", batch: 1))
    let encoded = EncodedVideo()
    func logits(_ video: FloatBuffer?, _ audio: FloatBuffer, _ encoded: EncodedVideo? = nil) -> [Float] {
      let result = FloatBuffer(count: 5)
      inference.logits(video: video, audio: audio, encoded: encoded, into: result)
      return result.array
    }
    let wanted = (logits(first, speech), logits(first, silence), logits(second, silence))
    #expect(wanted.0 != wanted.1 && wanted.1 != wanted.2)
    #expect(logits(first, speech, encoded) == wanted.0)
    // Others may run between.
    _ = logits(second, speech)
    #expect(logits(nil, silence, encoded) == wanted.1)
    #expect(logits(second, silence, encoded) == wanted.1)
    encoded.clear()
    #expect(logits(second, silence, encoded) == wanted.2)
    #expect(logits(nil, silence, encoded) == wanted.2)
  }
}
