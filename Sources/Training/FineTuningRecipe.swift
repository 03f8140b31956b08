/// How an architecture is fine-tuned where nobody asks for something else. Without changes it is the published recipe of
/// masked autoencoders.
public struct FineTuningRecipe: Hashable, Sendable {
  /// The learning rate, and what it falls to; nil: it does not fall.
  public var rate = 1e-3
  public var finalRate: Double? = 1e-6
  /// Whether the rates are for 256 clips a step, and are scaled to the clips of a step. Otherwise they are those of any step.
  public var isScaled = true
  /// Of the running means of both moments.
  public var beta1 = 0.9
  public var beta2 = 0.999
  public var weightDecay = 0.05
  public var epochs = 50
  /// At most; a tenth of a shorter run.
  public var warmupEpochs = 5
  /// What the rate is multiplied with at every layer below the head; nil: all layers have one rate.
  public var layerDecay: Double? = 0.75
  /// The chance that the last layers' residual branches are left out; nil: they never are.
  public var dropPath: Double? = 0.1
  /// Part of every label that all classes share.
  public var labelSmoothing = 0.1
  /// Whether pictures and sound are changed at random and batches of classes are mixed.
  public var changesClips = true

  public init() {}
}
