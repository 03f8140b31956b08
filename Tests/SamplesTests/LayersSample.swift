import Layers
import Tensor

/// The sample of the article on `Layers`.
func layersSample() throws -> Matrix {
  // The sample begins.
  let weights = Weights(fresh: 1)  // of a checkpoint: Weights(reading: store)
  let block = try Block(weights["blocks.0"], width: 64, heads: 1)
  let head = try Linear(weights["head"], from: 64, to: 6)
  try weights.finish()

  let operations = Operations()
  let tokens = Matrix(rows: 2 * 10, columns: 64)  // two sequences of ten tokens
  let y = block(tokens, batch: 2, operations)
  let logits = head(operations.meanOverTokens(y, batch: 2), operations)
  print(logits.rows, logits.columns)  // 2 6
  // The sample ends.
  return logits
}
