import Checkpoint
import Tensor

/// The sample of the article on `Checkpoint`.
func checkpointSample(path: String) throws -> any TensorStore {
  // The sample begins.
  var store = MemoryStore()
  store.add("head.bias", shape: [3], values: FloatBuffer([0.1, 0.2, 0.3]))
  try writeSafetensors(store, to: path)

  let checkpoint = try openCheckpoint(path)
  for name in checkpoint.names {
    print(name, checkpoint.shape(of: name) ?? [], try checkpoint.values(of: name).array)
  }
  // The sample ends.
  return checkpoint
}
