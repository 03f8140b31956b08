internal import HiCMAE
internal import Layers
internal import Tensor

/// The weights that pre-training begins with: fresh ones, or those of a checkpoint where it has them.
enum PretrainingStart {
  /// - Parameters:
  ///   - source: of a checkpoint, which must have both encoders and the fusion, as far as the model has them; the rest is
  ///     taken where it has the same shape. nil: everything is fresh.
  ///   - ask: builds the model.
  /// - Throws: `WeightError` naming what the checkpoint lacks, or the store's error.
  static func store(
    seed: UInt64, from source: (any TensorStore)?, ask: (Weights) throws -> Void
  ) throws -> MemoryStore {
    let fresh = Weights(fresh: seed)
    try ask(fresh)
    guard let source else { return fresh.store }
    var (store, missing) = (MemoryStore(), [String]())
    var misshapen: [WeightError.Mismatch] = []
    for parameter in fresh.parameters {
      let found = source.shape(of: parameter.name)
      if let found, found == parameter.shape {
        store.add(parameter.name, shape: found, values: try source.values(of: parameter.name))
        continue
      }
      if isBackbone(parameter.name) {
        if let found {
          misshapen.append(.init(name: parameter.name, expected: parameter.shape, found: found))
        } else {
          missing.append(parameter.name)
        }
      }
      store.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
    }
    guard missing.isEmpty && misshapen.isEmpty else {
      throw WeightError.unfit(missing: missing, misshapen: misshapen, unused: [])
    }
    return store
  }

  /// Both encoders and the fusion: what is taken from pre-training, norms included.
  private static func isBackbone(_ name: String) -> Bool {
    ["encoder.", "encoder_audio.", "encoder_fusion."].contains { name.hasPrefix($0) }
  }
}
