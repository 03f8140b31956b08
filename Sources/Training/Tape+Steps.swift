internal import Tensor

extension Tape {
  /// One step back: from dy, the derivative of the loss with respect to the step's result, which may be written over, to
  /// the gradients of all inputs that somebody wants.
  func backward(_ step: Step, _ dy: Matrix) {
    switch step {
    case .linear(let x, let weight, let bias, let residual, let preactivation, _):
      if let preactivation { operations.geluGradient(preactivation, inPlace: dy) }
      if let (dweight, adding) = target(for: weight) { operations.weightGradient(dy, x, into: dweight, adding: adding) }
      if let bias, let dbias = sum(for: bias) { operations.biasGradient(dy, into: dbias) }
      if let (dx, adding) = target(for: x) { operations.inputGradient(dy, weight: weight, into: dx, adding: adding) }
      if let residual, let dresidual = sum(for: residual) { addRepeated(dy, to: dresidual) }

    case .layerNorm(let x, let weight, let bias, let epsilon, _):
      // Weight and bias are parameters, and x was made of some, wherever there is a norm in the model.
      guard let dweight = sum(for: weight), let dbias = sum(for: bias), let (dx, adding) = target(for: x) else {
        preconditionFailure("a norm of constants was recorded")
      }
      operations.layerNormGradient(
        x, weight: weight, epsilon: epsilon, dy: dy, dx: dx, adding: adding, dweight: dweight, dbias: dbias)

    case .attention(let q, let k, let v, let batch, let heads, let logSums, let y):
      guard let dq = sum(for: q), let dk = sum(for: k), let dv = sum(for: v) else {
        preconditionFailure("attention to constants was recorded")
      }
      operations.attentionGradient(
        q, k, v, batch: batch, heads: heads, logSums: logSums, y: y, dy: dy, dq: dq, dk: dk, dv: dv)

    case .meanOverTokens(let x, _):
      if let dx = sum(for: x) { operations.meanGradient(dy, into: dx) }

    case .meanOverRows(let x, let sequences, _):
      if let dx = sum(for: x) { operations.meanGradient(dy, sequences, into: dx) }

    case .softmax(let x, let y):
      if let dx = sum(for: x) { operations.softmaxGradient(y, dy: dy, into: dx) }

    case .weightedSum(let terms, let weights, _):
      guard let dterms = sum(for: terms), let dweights = sum(for: weights) else {
        preconditionFailure("a weighted sum of constants was recorded")
      }
      operations.weightedSumGradient(terms, weights: weights, dy: dy, dterms: dterms, dweights: dweights)

    case .copy(let x, _):
      if let dx = sum(for: x) { operations.add(dy, to: dx) }

    case .gather(let x, let rows, _):
      if let dx = sum(for: x) { operations.gatherGradient(dy, rows: rows, into: dx) }

    case .filled(let x, let token, let batch, _):
      operations.filledGradient(
        dy, batch: batch, dx: sum(for: x), present: x.rows / batch, dtoken: sum(for: token))

    case .scaledSum(let branch, let factors, let residual, _):
      if let dbranch = sum(for: branch) {
        let tokens = dy.rows / factors.count
        for (sequence, factor) in factors.enumerated() where factor != 0 {
          let rows = sequence * tokens..<(sequence + 1) * tokens
          operations.add(dy.rows(rows), times: factor, to: dbranch.rows(rows))
        }
      }
      if let dresidual = sum(for: residual) { operations.add(dy, to: dresidual) }

    case .swish(let x, _): if let dx = sum(for: x) { operations.swishGradient(x, dy: dy, into: dx) }
    case .gate(let x, _): if let dx = sum(for: x) { operations.gateGradient(x, dy: dy, into: dx) }
    case .relu(let x, let y): if let dx = sum(for: x) { operations.reluGradient(y, dy: dy, into: dx) }
    case .dropout(let x, let dropout, let batch, _):
      if let dx = sum(for: x) { operations.dropoutGradient(dy, dropout, batch: batch, into: dx) }
    case .unfold(let x, let grid, _): if let dx = sum(for: x) { operations.unfoldGradient(dy, grid, into: dx) }

    case .batchNorm(let x, let weight, let bias, let epsilon, let sequences, let mean, let variance, _):
      operations.batchNormGradient(
        x, weight: weight, epsilon: epsilon, sequences, mean: mean, variance: variance, dy: dy, dx: sum(for: x),
        dweight: sum(for: weight), dbias: sum(for: bias))

    case .depthwise(let x, let weight, let sequences, _):
      operations.depthwiseGradient(
        x, weight: weight, sequences, dy: dy, dx: sum(for: x), dweight: sum(for: weight))

    case .relativeAttention(let input, _):
      guard let dq = sum(for: input.q), let dk = sum(for: input.k), let dv = sum(for: input.v),
        let dpositions = sum(for: input.positions), let dcontent = sum(for: input.contentBias),
        let dposition = sum(for: input.positionBias)
      else { preconditionFailure("attention to constants was recorded") }
      operations.relativeAttentionGradient(
        input, dy: dy,
        into: RelativeAttentionGradient(
          q: dq, k: dk, v: dv, positions: dpositions, contentBias: dcontent, positionBias: dposition))
    }
  }

  /// A residual with fewer rows was repeated.
  private func addRepeated(_ dy: Matrix, to dresidual: Matrix) {
    for start in stride(from: 0, to: dy.rows, by: dresidual.rows) {
      operations.add(dy.rows(start..<start + dresidual.rows), to: dresidual)
    }
  }
}
