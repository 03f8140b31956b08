internal import CKernels
internal import Glibc

/// A matrix without its owner, so that a tile costs no reference counting.
struct BareMatrix {
  let base: UnsafeMutablePointer<Float>
  let stride: Int

  init(_ matrix: Matrix) { (base, stride) = (matrix.base, matrix.rowStride) }

  func at(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> { base + row * stride + column }
}

/// Attention with relative positions, forward: a tile is a head of a sequence.
struct RelativeAttentionTiles {
  let heads, width, batch, tokens: Int
  let lengths: UnsafePointer<Int>
  let product: ProductKernel
  let softmax: @convention(c) (UnsafeMutablePointer<Float>?, Int, Int, Int, Float) -> Void
  let q, k, v, positions, contentBias, positionBias, y, scratch: BareMatrix

  init(
    _ input: RelativeAttentionInput, _ lengths: UnsafePointer<Int>, product: ProductKernel,
    softmax: @escaping @convention(c) (UnsafeMutablePointer<Float>?, Int, Int, Int, Float) -> Void, y: Matrix,
    scratch: Matrix
  ) {
    (heads, width) = (input.heads, input.q.columns / input.heads)
    (batch, tokens) = (input.sequences.batch, input.sequences.tokens)
    (self.lengths, self.product, self.softmax) = (lengths, product, softmax)
    (q, k, v) = (BareMatrix(input.q), BareMatrix(input.k), BareMatrix(input.v))
    (positions, self.y, self.scratch) = (BareMatrix(input.positions), BareMatrix(y), BareMatrix(scratch))
    (contentBias, positionBias) = (BareMatrix(input.contentBias), BareMatrix(input.positionBias))
  }

  /// Values that a worker needs: weights, scores of positions, and queries with a bias.
  static func memory(_ input: RelativeAttentionInput) -> Int {
    let (tokens, width) = (input.sequences.tokens, input.q.columns / input.heads)
    return tokens * tokens + tokens * (2 * tokens - 1) + tokens * width
  }

  /// Likewise on the way back: the derivatives of both scores, and of the queries.
  static func gradientMemory(_ input: RelativeAttentionInput) -> Int {
    let (tokens, width) = (input.sequences.tokens, input.q.columns / input.heads)
    return memory(input) + tokens * tokens + tokens * width
  }

  var scale: Float { 1 / Float(width).squareRoot() }
  /// The row of `positions` that the first query and the last key of a sequence are apart.
  func firstPosition(_ steps: Int) -> Int { tokens - steps }

  func forward(_ tile: Int, _ worker: Int) {
    let (sequence, head) = (tile / heads, tile % heads)
    let (row, column, steps) = (sequence * tokens, head * width, lengths[sequence])
    let s = scratch.at(worker, 0)
    weights(row, column, steps, s, worker)
    product(
      steps, width, steps, s, steps, v.at(row, column), v.stride, y.at(row, column), y.stride, adding: false,
      worker: worker)
  }

  /// The weights of a head of the sequence whose first row is `row`: (steps, steps), into `s`; behind it in memory is room
  /// for scores of positions and for queries.
  func weights(_ row: Int, _ column: Int, _ steps: Int, _ s: UnsafeMutablePointer<Float>, _ worker: Int) {
    let distances = 2 * steps - 1
    let p = s + tokens * tokens
    let biased = p + tokens * (2 * tokens - 1)
    self.biased(contentBias, row, column, steps, into: biased)
    product(
      steps, steps, width, biased, width, k.at(row, column), k.stride, rightTransposed: true, s, steps, adding: false,
      worker: worker)
    self.biased(positionBias, row, column, steps, into: biased)
    product(
      steps, distances, width, biased, width, positions.at(firstPosition(steps), column), positions.stride,
      rightTransposed: true, p, distances, adding: false, worker: worker)
    for query in 0..<steps {
      // Distance query − key; the first position is of the largest one.
      let (to, from) = (s + query * steps, p + query * distances + steps - 1 - query)
      for key in 0..<steps { to[key] += from[key] }
    }
    softmax(s, steps, steps, steps, scale)
  }

  /// Queries of a head with one of the biases: (steps, width).
  func biased(
    _ bias: BareMatrix, _ row: Int, _ column: Int, _ steps: Int, into y: UnsafeMutablePointer<Float>
  ) {
    let b = bias.at(0, column)
    for step in 0..<steps {
      let (from, to) = (q.at(row + step, column), y + step * width)
      for index in 0..<width { to[index] = from[index] + b[index] }
    }
  }
}

/// The way back: a tile is a head of all sequences.
struct RelativeAttentionGradientTiles {
  /// Its y is dy.
  let forward: RelativeAttentionTiles
  let dq, dk, dv, dpositions, dcontentBias, dpositionBias: BareMatrix
  let accumulate: @convention(c) (UnsafeMutablePointer<Float>?, UnsafePointer<Float>?, Float, Int) -> Void

  init(forward: RelativeAttentionTiles, gradient: RelativeAttentionGradient, kernels: ckernels_table) {
    self.forward = forward
    (dq, dk, dv) = (BareMatrix(gradient.q), BareMatrix(gradient.k), BareMatrix(gradient.v))
    dpositions = BareMatrix(gradient.positions)
    (dcontentBias, dpositionBias) = (BareMatrix(gradient.contentBias), BareMatrix(gradient.positionBias))
    accumulate = kernels.accumulate
  }

  func run(_ head: Int, _ worker: Int) {
    for sequence in 0..<forward.batch {
      run(sequence * forward.tokens, head * forward.width, forward.lengths[sequence], worker)
    }
  }

  private func run(_ row: Int, _ column: Int, _ steps: Int, _ worker: Int) {
    let (width, tokens, product) = (forward.width, forward.tokens, forward.product)
    let (k, v, dy) = (forward.k, forward.v, forward.y)
    let (distances, first) = (2 * steps - 1, forward.firstPosition(steps))
    let s = forward.scratch.at(worker, 0)
    let p = s + tokens * tokens
    let biased = p + tokens * (2 * tokens - 1)
    let ds = biased + tokens * width
    let dbiased = ds + tokens * tokens
    forward.weights(row, column, steps, s, worker)
    // dv += weightsᵀ · dy; the derivative of a weight is dy · vᵀ.
    product(
      steps, width, steps, s, steps, leftTransposed: true, dy.at(row, column), dy.stride, dv.at(row, column), dv.stride,
      adding: true, worker: worker)
    product(
      steps, steps, width, dy.at(row, column), dy.stride, v.at(row, column), v.stride, rightTransposed: true, ds, steps,
      adding: false, worker: worker)
    memset(p, 0, steps * distances * MemoryLayout<Float>.stride)
    for query in 0..<steps {
      let (weight, d) = (s + query * steps, ds + query * steps)
      var mean: Float = 0
      for key in 0..<steps { mean += weight[key] * d[key] }
      let place = p + query * distances + steps - 1 - query
      for key in 0..<steps {
        d[key] = forward.scale * weight[key] * (d[key] - mean)
        place[key] = d[key]
      }
    }
    // The scores of keys.
    forward.biased(forward.contentBias, row, column, steps, into: biased)
    product(
      steps, width, steps, ds, steps, leftTransposed: true, biased, width, dk.at(row, column), dk.stride, adding: true,
      worker: worker)
    product(
      steps, width, steps, ds, steps, k.at(row, column), k.stride, dbiased, width, adding: false, worker: worker)
    add(dbiased, row, column, steps, to: dcontentBias)
    // The scores of positions.
    forward.biased(forward.positionBias, row, column, steps, into: biased)
    product(
      distances, width, steps, p, distances, leftTransposed: true, biased, width, dpositions.at(first, column),
      dpositions.stride, adding: true, worker: worker)
    product(
      steps, width, distances, p, distances, forward.positions.at(first, column), forward.positions.stride, dbiased,
      width, adding: false, worker: worker)
    add(dbiased, row, column, steps, to: dpositionBias)
  }

  /// The derivative of queries with a bias goes to both.
  private func add(
    _ dbiased: UnsafePointer<Float>, _ row: Int, _ column: Int, _ steps: Int, to bias: BareMatrix
  ) {
    for step in 0..<steps {
      let from = dbiased + step * forward.width
      accumulate(dq.at(row + step, column), from, 1, forward.width)
      accumulate(bias.at(0, column), from, 1, forward.width)
    }
  }
}
