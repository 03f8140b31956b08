public import Clips
internal import Models
internal import Networks
internal import Training

/// What is changed at random, as numbers that a file can hold; 0 and false switch a part off.
public struct AugmentationSettings: Codable, Hashable, Sendable {
  public var multiScaleCrop = false
  /// RandAugment's operations and their magnitude.
  public var randAugment = 0
  public var randAugmentMagnitude = 7.0
  public var resizedCrop = false
  public var flip = 0.0
  public var erasing = 0.0
  /// The chance that a clip loses a stretch of its frames; nil: 0.
  public var frameDropout: Double?
  /// How many of the 16 frames a clip is shown with; nil: all.
  public var frames: Int?
  /// Side of the smallest face that another camera would have made of a clip; nil: no camera.
  public var camera: Int?
  public var loudness = false
  /// Factors of the sound's speed; shares of it that are kept.
  public var speed: [Double] = [1, 1]
  public var keeps: [Double] = [1, 1]
  /// Decibels of the random equaliser.
  public var equalizer = 0.0
  /// Whether short sound begins at a random row.
  public var shift = false
  /// Masks of the spectrogram: how many, and how wide at most.
  public var timeMasks: [Int] = [0, 0]
  public var melMasks: [Int] = [0, 0]
  /// Parameters of the Beta distributions.
  public var mixup = 0.0
  public var cutmix = 0.0
  /// Of a batch to be mixed at all.
  public var mixProbability = 1.0
  /// Shares that pre-training hides.
  public var maskVideo = 0.0
  public var maskAudio = 0.0

  /// Nothing is changed.
  public init() {}

  /// The published pre-training.
  public static var pretraining: AugmentationSettings {
    var settings = AugmentationSettings()
    (settings.multiScaleCrop, settings.loudness) = (true, true)
    (settings.maskVideo, settings.maskAudio) = (0.9, 0.8)
    return settings
  }

  /// The published fine-tuning; a regression is not mixed.
  public static func finetuning(mixes: Bool) -> AugmentationSettings {
    var settings = AugmentationSettings()
    (settings.randAugment, settings.resizedCrop, settings.flip, settings.erasing) = (4, true, 0.5, 0.25)
    settings.loudness = true
    (settings.mixup, settings.cutmix) = mixes ? (0.8, 1) : (0, 0)
    return settings
  }
}

extension RunSettings {
  /// Whether the run learns from clips that lack one of its modalities, too.
  var takesIncompleteClips: Bool {
    task == .finetune && (model.sizes as? any FineTunableSizes)?.learnsFromIncompleteClips == true
  }

  private var takesFewerFrames: Bool {
    task == .finetune && (model.sizes as? any FineTunableSizes)?.takesFewerFrames == true
  }

  /// The shapes of features that the run's lists name; nil: they name pictures and sound.
  private var features: InputShapes? { model.sizes.inputs.areFeatures ? model.sizes.inputs : nil }

  /// How the run's clips become inputs.
  public var recipe: Recipe {
    let from = augmentation
    var recipe = Recipe(sampling: task == .pretrain ? .pretraining : .finetuning)
    recipe.modalities = modalities
    (recipe.takesIncomplete, recipe.features) = (takesIncompleteClips, features)
    if from.multiScaleCrop { recipe.picture.multiScaleCrop = MultiScaleCrop() }
    if from.randAugment > 0 {
      recipe.picture.randAugment = RandAugment(magnitude: from.randAugmentMagnitude, count: from.randAugment)
    }
    if from.resizedCrop { recipe.picture.resizedCrop = RandomResizedCrop() }
    recipe.picture.flip = from.flip
    recipe.takesFewerFrames = takesFewerFrames
    recipe.picture.frames = from.frames
    recipe.picture.camera = from.camera.map { CameraAugmentation(smallest: $0) }
    if let chance = from.frameDropout, chance > 0 { recipe.picture.frameDropout = FrameDropout(probability: chance) }
    if from.erasing > 0 { recipe.picture.erasing = RandomErasing(probability: from.erasing) }
    recipe.sound.loudness = from.loudness
    (recipe.sound.speed, recipe.sound.keeps) = (from.speed[0]...from.speed[1], from.keeps[0]...from.keeps[1])
    (recipe.sound.equalizer, recipe.sound.shifts) = (from.equalizer, from.shift)
    recipe.sound.timeMasks = .init(count: from.timeMasks[0], width: from.timeMasks[1])
    recipe.sound.melMasks = .init(count: from.melMasks[0], width: from.melMasks[1])
    if from.mixup > 0 || from.cutmix > 0 {
      recipe.mixing = Mixing(mixup: from.mixup, cutmix: from.cutmix, probability: from.mixProbability)
    }
    recipe.target = target
    recipe.mirroredTarget = Recipe.mirrored(attributeNames, after: target.count - attributeNames.count)
    recipe.normalisation = preprocessing.normalisation
    return recipe
  }

  /// The same without anything that is changed at random; chosen frames stay, and follow from the seed.
  public var plainRecipe: Recipe {
    var plain = Recipe(sampling: task == .pretrain ? .pretraining : .finetuning)
    (plain.modalities, plain.target, plain.normalisation) = (modalities, target, preprocessing.normalisation)
    (plain.takesIncomplete, plain.features) = (takesIncompleteClips, features)
    plain.takesFewerFrames = takesFewerFrames
    return plain
  }

  var target: Recipe.Target {
    switch objective.loss {
    case .reconstruction: .none
    case .ce: attributes.map { .labels(classes: labels.count, attributes: $0.count) } ?? .classes(labels.count)
    case .mse, .ccc: .values(labels.count)
    }
  }
}
