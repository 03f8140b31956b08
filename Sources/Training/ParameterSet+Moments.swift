internal import Layers
public import Tensor

extension ParameterSet {
  private static let prefixes = (first: "first.", second: "second.")

  /// A copy of both moments of AdamW by name, `first.…` and `second.…`: what is saved beside the values.
  public var moments: any TensorStore {
    var store = MemoryStore()
    for (prefix, buffer) in [(Self.prefixes.first, first), (Self.prefixes.second, second)] {
      for entry in entries {
        let values = FloatBuffer(count: entry.range.count)
        values.base.update(from: buffer.base + entry.range.lowerBound, count: entry.range.count)
        store.add(prefix + entry.name, shape: entry.shape, values: values)
      }
    }
    return store
  }

  /// Takes moments that were saved, so that a run goes on.
  /// - Throws: `WeightError` if one is missing or has another shape, before any is taken, or the store's error.
  public func restore(moments store: any TensorStore) throws {
    var found: [(source: FloatBuffer, place: UnsafeMutablePointer<Float>)] = []
    for (prefix, buffer) in [(Self.prefixes.first, first), (Self.prefixes.second, second)] {
      for entry in entries {
        let name = prefix + entry.name
        guard store.shape(of: name) == entry.shape else {
          throw WeightError.notThisModel(model, "its optimiser has no \(name) of shape \(entry.shape)")
        }
        found.append((try store.values(of: name), buffer.base + entry.range.lowerBound))
      }
    }
    for (source, place) in found { place.update(from: source.base, count: source.count) }
  }

  /// Copies values by name into a buffer with the same places.
  func restore(_ store: any TensorStore, into buffer: FloatBuffer) throws {
    for entry in entries {
      guard store.shape(of: entry.name) == entry.shape else {
        throw WeightError.notThisModel(model, "there is no \(entry.name) of shape \(entry.shape)")
      }
      (buffer.base + entry.range.lowerBound).update(
        from: try store.values(of: entry.name).base, count: entry.range.count)
    }
  }
}
