internal import Tensor

extension Step {
  /// What it was computed from.
  var inputs: [Matrix] {
    switch self {
    case .linear(let x, let weight, let bias, let residual, _, _):
      [x, weight] + [bias, residual].compactMap { $0 }
    case .layerNorm(let x, let weight, let bias, _, _): [x, weight, bias]
    case .attention(let q, let k, let v, _, _, _, _): [q, k, v]
    case .meanOverTokens(let x, _), .softmax(let x, _), .copy(let x, _), .gather(let x, _, _): [x]
    case .weightedSum(let terms, let weights, _): [terms, weights]
    case .filled(let x, let token, _, _): [x, token]
    case .scaledSum(let branch, _, let residual, _): [branch, residual]
    }
  }

  var result: Matrix {
    switch self {
    case .linear(_, _, _, _, _, let y), .layerNorm(_, _, _, _, let y), .attention(_, _, _, _, _, _, let y),
      .meanOverTokens(_, let y), .softmax(_, let y), .weightedSum(_, _, let y), .copy(_, let y), .gather(_, _, let y),
      .filled(_, _, _, let y), .scaledSum(_, _, _, let y):
      y
    }
  }

  var withoutResidual: Step {
    guard case .linear(let x, let weight, let bias, _, let preactivation, let y) = self else { return self }
    return .linear(x: x, weight: weight, bias: bias, residual: nil, preactivation: preactivation, y: y)
  }
}
