internal import Files

/// The named tensors of what a pickle holds, in order: those under 'model', else under 'module', else its own.
func stateDict(_ root: PickleValue, _ heap: PickleHeap) throws -> [(name: String, tensor: TorchTensor)] {
  guard case .dictionary(let index) = root else {
    throw FormatProblem(
      "holds no dictionary of tensors", remedy: "save its state dict: torch.save({'model': model.state_dict()}, …)")
  }
  let members = heap.dictionaries[index]
  for key in ["model", "module"] {
    // The last of equal keys counts, as in Python.
    let last = members.last { if case .text(key) = $0.key { true } else { false } }
    if case .dictionary(let inner) = last?.value {
      let tensors = try named(heap.dictionaries[inner], heap)
      if !tensors.isEmpty { return tensors }
    }
  }
  let tensors = try named(members, heap)
  guard tensors.isEmpty else { return tensors }
  let keys = members.compactMap { if case .text(let key) = $0.key { "'\(printable(key, limit: 30))'" } else { nil } }
  throw FormatProblem(
    "holds no tensors under 'model' or 'module' nor at the top; it has \(keys.prefix(12).joined(separator: ", "))",
    remedy: "save its state dict: torch.save({'model': model.state_dict()}, …)")
}

/// The tensors of one dictionary; other values are passed over.
private func named(
  _ members: [(key: PickleValue, value: PickleValue)], _ heap: PickleHeap
) throws -> [(name: String, tensor: TorchTensor)] {
  var result: [(name: String, tensor: TorchTensor)] = []
  var seen: Set<String> = []
  for case (.text(let key), .tensor(let index)) in members {
    let name = key.hasPrefix("module.") ? String(key.dropFirst("module.".count)) : key
    guard seen.insert(name).inserted else { throw FormatProblem("names the tensor '\(printable(name))' twice") }
    result.append((name, heap.tensors[index]))
  }
  return result
}
