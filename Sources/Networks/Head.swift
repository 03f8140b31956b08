/// One answer that a network gives: what it is called, what it rests on, and what its outputs are.
public struct Head: Hashable, Sendable {
  /// What the outputs of a head are.
  public enum Task: String, Codable, Hashable, Sendable, CaseIterable {
    /// Logits of classes; they become probabilities that sum to one.
    case classification
    /// Values of attributes, such as valence, as they are.
    case regression
  }

  /// Unique within a network.
  public var name: String
  /// What must be there for an answer: without one of them the head is not asked.
  public var modalities: Modalities
  public var task: Task
  /// How many numbers come out.
  public var outputs: Int
  /// Whether it reads the newest moment of a window alone, so that what it says, such as what a face does, holds for that
  /// moment and not for the window.
  public var isMomentary = false

  /// The head of attributes that answers beside this one, which is of classes: that of the same modalities, else one that
  /// needs fewer; nil: there is none.
  /// - Parameter heads: all of the network's.
  public func beside(in heads: [Head]) -> Head? {
    guard task == .classification else { return nil }
    let others = heads.filter { $0.task == .regression }
    return others.first { $0.modalities == modalities } ?? others.first { $0.modalities.isSubset(of: modalities) }
  }

  public init(
    name: String, modalities: Modalities, task: Task = .classification, outputs: Int, isMomentary: Bool = false
  ) {
    (self.name, self.modalities, self.task, self.outputs) = (name, modalities, task, outputs)
    self.isMomentary = isMomentary
  }
}
