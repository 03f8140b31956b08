// small-model FILE: a checkpoint of the smallest width and depth with random weights, as safetensors. An emulated
// processor can afford it; its numbers mean nothing, but they depend on every bit that goes in.
import Architectures
import Checkpoint
import Glibc
import Layers
import Networks
import Tensor

func fail(_ message: String, _ status: Int32) -> Never {
  _ = (message + "\n").withCString { write(2, $0, strlen($0)) }
  exit(status)
}

guard CommandLine.arguments.count == 2 else { fail("small-model FILE", 64) }
do {
  let weights = Weights(fresh: 7)
  let smallest = SizeRequest(
    preset: architectures[0].presets[0], outputs: 6, width: 64, depth: 1, fusionDepth: 1)
  _ = try architectures[0].sizes(for: smallest)?.network(weights)
  var store = MemoryStore()
  // A linear congruence: always the same values.
  var state: UInt32 = 12345
  for (name, shape) in weights.asked {
    let values = FloatBuffer(count: shape.reduce(1, *))
    for i in 0..<values.count {
      state = state &* 1_664_525 &+ 1_013_904_223
      values.base[i] = (Float(state >> 8) / 16_777_216 - 0.5) * 0.2
    }
    store.add(name, shape: shape, values: values)
  }
  try writeSafetensors(store, to: CommandLine.arguments[1])
} catch {
  fail("small-model: \(error)", 1)
}
