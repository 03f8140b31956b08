/// A run's records, gathered by kind, in their order.
public struct RunHistory: Hashable, Sendable {
  public private(set) var created: RunRecord.Created?
  public private(set) var steps: [RunRecord.Step] = []
  /// Clips that cannot be used, each once.
  public private(set) var broken: [String] = []
  private var known: Set<String> = []
  public private(set) var epochs: [RunRecord.Epoch] = []
  public private(set) var validations: [RunRecord.Validation] = []
  public private(set) var shares: [RunRecord.LayerWeights] = []
  public private(set) var checkpoints: [RunRecord.Checkpoint] = []
  public private(set) var resumes: [RunRecord.Resumed] = []
  /// The last end; nil while a process works on the run, or after it was killed.
  public private(set) var closed: RunRecord.Closed?

  /// Records of steps that were made again after `resumed` are dropped, if they are still there.
  public init(records: some Sequence<RunRecord>) {
    for record in records { add(record) }
  }

  /// Takes the next record.
  public mutating func add(_ record: RunRecord) {
    switch record {
    case .created(let value): created = value
    case .step(let value): steps.append(value)
    case .broken(let value): if known.insert(value.clip).inserted { broken.append(value.clip) }
    case .epoch(let value): epochs.append(value)
    case .validation(let value): validations.append(value)
    case .layerWeights(let value): shares.append(value)
    case .checkpoint(let value): checkpoints.append(value)
    case .closed(let value): closed = value
    case .resumed(let value):
      closed = nil
      resumes.append(value)
      steps.removeAll { $0.step >= value.step }
      epochs.removeAll { $0.step > value.step }
      validations.removeAll { $0.step > value.step }
      shares.removeAll { $0.step > value.step }
      checkpoints.removeAll { $0.step > value.step }
    }
  }

  /// Forgets checkpoints that are gone; the best one stays known by its validation.
  mutating func keepCheckpoints(_ isThere: (RunRecord.Checkpoint) -> Bool) { checkpoints.removeAll { !isThere($0) } }

  /// Steps made so far.
  public var stepCount: Int { max(steps.last.map { $0.step + 1 } ?? 0, epochs.last?.step ?? 0) }

  /// The validation of the checkpoint that is marked as the best; where none is marked, the one with the highest UAR or
  /// mean CCC, or else the lowest loss.
  public var best: RunRecord.Validation? {
    if let marked = checkpoints.last(where: \.best),
      let validation = validations.last(where: { $0.step == marked.step })
    {
      return validation
    }
    // The first of equals: later ones are no better.
    return validations.reduce(nil) { best, next in
      guard let best else { return next }
      return next.score > best.score ? next : best
    }
  }
}
