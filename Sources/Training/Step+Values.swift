internal import Tensor

extension Step {
  /// What it was computed from.
  var inputs: [Matrix] {
    switch self {
    case .linear(let x, let weight, let bias, let residual, _, _):
      [x, weight] + [bias, residual].compactMap { $0 }
    case .layerNorm(let x, let weight, let bias, _, _): [x, weight, bias]
    case .attention(let q, let k, let v, _, _, _, _): [q, k, v]
    case .meanOverTokens(let x, _), .meanOverRows(let x, _, _), .softmax(let x, _), .copy(let x, _),
      .gather(let x, _, _), .swish(let x, _), .gate(let x, _), .relu(let x, _), .dropout(let x, _, _, _),
      .unfold(let x, _, _):
      [x]
    case .weightedSum(let terms, let weights, _): [terms, weights]
    case .filled(let x, let token, _, _): [x, token]
    case .scaledSum(let branch, _, let residual, _): [branch, residual]
    case .batchNorm(let x, let weight, let bias, _, _, _, _, _): [x, weight, bias]
    case .depthwise(let x, let weight, _, _): [x, weight]
    case .relativeAttention(let input, _):
      [input.q, input.k, input.v, input.positions, input.contentBias, input.positionBias]
    }
  }

  var result: Matrix {
    switch self {
    case .linear(_, _, _, _, _, let y), .layerNorm(_, _, _, _, let y), .attention(_, _, _, _, _, _, let y),
      .meanOverTokens(_, let y), .softmax(_, let y), .weightedSum(_, _, let y), .copy(_, let y), .gather(_, _, let y),
      .filled(_, _, _, let y), .scaledSum(_, _, _, let y), .meanOverRows(_, _, let y), .swish(_, let y),
      .gate(_, let y), .relu(_, let y), .dropout(_, _, _, let y), .unfold(_, _, let y),
      .batchNorm(_, _, _, _, _, _, _, let y), .depthwise(_, _, _, let y), .relativeAttention(_, let y):
      y
    }
  }

  var withoutResidual: Step {
    guard case .linear(let x, let weight, let bias, _, let preactivation, let y) = self else { return self }
    return .linear(x: x, weight: weight, bias: bias, residual: nil, preactivation: preactivation, y: y)
  }
}
