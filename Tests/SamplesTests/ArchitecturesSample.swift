import Architectures
import Networks
import Tensor

/// The sample of the article on `Architectures`.
func architecturesSample() -> [String] {
  // The sample begins.
  for architecture in architectures { print(architecture.name, architecture.presets) }

  if let sizes = architectures.sizes(for: SizeRequest(preset: "nano", outputs: 6)) {
    let engine = sizes.freshNetwork(seed: 1).engine(EngineOptions(threads: 2))
    let video = sizes.inputs.video.map { FloatBuffer(count: $0.count) }
    let audio = sizes.inputs.audio.map { FloatBuffer(count: $0.count) }
    let outputs = sizes.heads.map { FloatBuffer(count: $0.outputs) }
    engine.answer(NetworkInput(video: video, audio: audio), into: outputs)
    for (head, values) in zip(sizes.heads, outputs) { print(head.name, values.array) }
  }
  // The sample ends.
  return architectures.map(\.name)
}
