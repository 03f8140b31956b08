internal import Lists
public import Models
public import Networks

/// How clips become inputs: which frames and samples, what is changed at random, how values are scaled.
public struct Recipe: Sendable {
  /// What becomes of the picture, in the order of these properties; nil and 0 leave it as it is.
  public struct Picture: Hashable, Sendable {
    /// How many of the 16 frames, chosen at random, the network is shown; nil: all. See `Recipe.takesFewerFrames`.
    public var frames: Int?
    public var frameDropout: FrameDropout?
    public var camera: CameraAugmentation?
    public var multiScaleCrop: MultiScaleCrop?
    public var randAugment: RandAugment?
    public var resizedCrop: RandomResizedCrop?
    /// Probability of a mirrored clip.
    public var flip = 0.0
    public var erasing: RandomErasing?

    public init() {}
  }

  /// What the label stands for.
  public enum Target: Hashable, Sendable {
    /// Not looked at.
    case none
    /// A class index, one-hot among this many; the shares of votes, where the pool's labels were read.
    case classes(Int)
    /// This many numbers.
    case values(Int)
    /// The labels of the clips' pool: so many classes and so many attributes.
    case labels(classes: Int, attributes: Int)

    /// Numbers a clip.
    public var count: Int {
      switch self {
      case .none: 0
      case .classes(let count), .values(let count): count
      case .labels(let classes, let attributes): classes + attributes
      }
    }
  }

  /// What of a clip becomes an input.
  public var modalities = Modalities.audioVideo
  /// Whether a clip may lack one of them in the list; then the other one is its input. Otherwise such a clip is broken.
  public var takesIncomplete = false
  /// Whether the network takes clips of fewer frames than a window has, so that a still is one frame.
  public var takesFewerFrames = false
  /// The shapes of features that the list's files have; nil: inputs are made of pictures and sound. Features are neither
  /// sampled nor changed nor mixed.
  public var features: InputShapes?
  public var sampling: TrainingSampling
  public var picture = Picture()
  public var sound = AudioAugmentation()
  public var target = Target.none
  /// By place in the target, whose value stands there when the picture is mirrored; nil: none changes.
  public var mirroredTarget: [Int]?
  public var mixing: Mixing?
  public var normalisation = InputNormalisation()

  /// What becomes an input of a clip that the list gives this.
  func modalities(of entry: AnnotationList.Entry) -> Modalities {
    let given = Modalities(video: entry.video != nil, audio: entry.audio != nil).intersection(modalities)
    return takesIncomplete && !given.isEmpty ? given : modalities
  }

  /// Sampling, and nothing else.
  public init(sampling: TrainingSampling) { self.sampling = sampling }

  /// The published pre-training: multi-scale crops, loudness; no labels.
  public static var pretraining: Recipe {
    var recipe = Recipe(sampling: .pretraining)
    recipe.picture.multiScaleCrop = MultiScaleCrop()
    recipe.sound.loudness = true
    return recipe
  }

  /// The published fine-tuning, but that mixing takes the sound along; a regression is not mixed.
  public static func finetuning(_ target: Target) -> Recipe {
    var recipe = Recipe(sampling: .finetuning)
    recipe.picture.randAugment = RandAugment()
    recipe.picture.resizedCrop = RandomResizedCrop()
    recipe.picture.flip = 0.5
    recipe.picture.erasing = RandomErasing()
    recipe.sound.loudness = true
    recipe.target = target
    switch target {
    case .classes, .labels(classes: 1..., _): recipe.mixing = Mixing()
    case .none, .values, .labels: break
    }
    return recipe
  }

  /// What ``mirroredTarget`` is where attributes stand behind classes: values of names that end with Left and Right, and
  /// otherwise are the same, change places. nil: there are none.
  ///
  /// - Parameters:
  ///   - attributes: their names.
  ///   - classes: how many values stand before them.
  public static func mirrored(_ attributes: [String], after classes: Int) -> [Int]? {
    let (left, right) = ("Left", "Right")
    func other(_ name: String) -> String {
      name.hasSuffix(left)
        ? name.dropLast(left.count) + right : name.hasSuffix(right) ? name.dropLast(right.count) + left : name
    }
    let places = attributes.indices.map { attributes.firstIndex(of: other(attributes[$0])) ?? $0 }
    return places == Array(attributes.indices) ? nil : Array(0..<classes) + places.map { classes + $0 }
  }
}
