import Networks
import Tensor
import VAVL

/// The sample of the article on `VAVL`.
func vavlSample() -> [Float] {
  // The sample begins.
  let sizes = VAVLSizes.light(classes: 6)
  let network = sizes.freshNetwork(seed: 1)  // of a checkpoint: sizes.network(Weights(reading: store))
  let engine = network.engine(EngineOptions(threads: 2))
  let audio = FloatBuffer(count: 256 * 128)  // time, mel bin
  let outputs = sizes.heads.map { FloatBuffer(count: $0.outputs) }
  engine.answer(NetworkInput(video: nil, audio: audio), into: outputs)
  let heard = sizes.heads.firstIndex { $0.modalities == .audio }
  print(heard.map { outputs[$0].array } ?? [])
  // The sample ends.
  return heard.map { outputs[$0].array } ?? []
}
