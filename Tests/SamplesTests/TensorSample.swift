import Tensor

/// The sample of the article on `Tensor`.
func tensorSample() -> [Float] {
  // The sample begins.
  let operations = Operations(threads: 2)
  let x = Matrix(FloatBuffer([1, 2, 3, 4]), rows: 2, columns: 2)
  let weight = Matrix(FloatBuffer([1, 0, 0, 1, 1, 1]), rows: 3, columns: 2)
  let y = operations.linear(x, weight, bias: nil)
  let values = y.array
  print(values)  // [1.0, 2.0, 3.0, 3.0, 4.0, 7.0]
  operations.reset()  // from here on the memory of y is used again
  // The sample ends.
  return values
}
