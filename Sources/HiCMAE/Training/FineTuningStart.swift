public import HiCMAE
public import Layers
public import Tensor

/// What fine-tuning starts from: encoders (and fusion) of a model that was trained before, all else fresh.
/// Values that stand for an absent modality are taken where the source has them.
///
/// A store of exactly the target's names, so `FineTuningLearner(target, Weights(reading: start))` is the whole use. The
/// model before may be for pre-training or recognition, and may have more modalities than the target: those are left
/// behind, fusion with them. Its values are read when they are asked for.
public struct FineTuningStart: TensorStore {
  public let names: [String]
  private let shapes: [String: [Int]]
  private let source: any TensorStore
  private let fresh: MemoryStore

  /// - Parameters:
  ///   - source: `encoder.*`, `encoder_audio.*` and `encoder_fusion.*` are taken from it, norms included, as far as the
  ///     target has them.
  ///   - configuration: the target's, with `outputs`. `Configuration(inferredFrom: source).keeping(modalities)` has the
  ///     depths that fit.
  ///   - seed: of the head, the norm before it and the layers' weights.
  ///   - takingHead: takes these from the source too, which must then have all of them in the target's shapes.
  /// - Throws: `WeightError.unfit` naming what the source lacks or has in another
  ///   shape, and layers of an encoder in the target that are beyond its depth.
  public init(
    from source: any TensorStore, to configuration: Configuration, seed: UInt64, takingHead: Bool = false
  ) throws(WeightError) {
    let weights = Weights(fresh: seed)
    do {
      _ = try HiCMAEModel(configuration, weights)
    } catch let error as WeightError {
      throw error
    } catch {
      preconditionFailure("fresh weights are read from nowhere: \(error)")
    }
    let rooms =
      (configuration.hasVideo ? ["encoder."] : []) + (configuration.hasAudio ? ["encoder_audio."] : [])
      + (configuration.fusionDepth > 0 ? ["encoder_fusion."] : [])
    func isOfRooms(_ name: String) -> Bool { rooms.contains { name.hasPrefix($0) } }

    var fresh = MemoryStore()
    var (missing, misshapen): ([String], [WeightError.Mismatch]) = ([], [])
    for parameter in weights.parameters {
      let isOptional = parameter.name.hasPrefix("absent.")
      let isThere = source.shape(of: parameter.name) == parameter.shape
      guard isOptional ? isThere : takingHead || isOfRooms(parameter.name) else {
        fresh.add(parameter.name, shape: parameter.shape, values: parameter.values.buffer)
        continue
      }
      guard let found = source.shape(of: parameter.name) else {
        missing.append(parameter.name)
        continue
      }
      if found != parameter.shape {
        misshapen.append(.init(name: parameter.name, expected: parameter.shape, found: found))
      }
    }
    let shapes = Dictionary(uniqueKeysWithValues: weights.asked)
    let unused = source.names.filter { isOfRooms($0) && shapes[$0] == nil }
    guard missing.isEmpty && misshapen.isEmpty && unused.isEmpty else {
      throw .unfit(missing: missing, misshapen: misshapen, unused: unused)
    }
    names = weights.asked.map(\.name)
    (self.shapes, self.source, self.fresh) = (shapes, source, fresh)
  }

  public func shape(of name: String) -> [Int]? { shapes[name] }

  public func values(of name: String) throws -> FloatBuffer {
    fresh.shape(of: name) == nil ? try source.values(of: name) : try fresh.values(of: name)
  }
}
