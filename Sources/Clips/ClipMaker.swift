public import Lists
public import Media
internal import Models
internal import Networks
public import Signal
internal import Tensor

/// One clip of a batch before it joins the others.
public struct ModelInput: Sendable {
  /// (3, 16, 160, 160) and (256, 128), normalised; empty where the modality is not asked for.
  public var video, audio: [Float]
  /// Steps of features that count; nil: the modality is no features.
  public var videoSteps, audioSteps: Int?
  /// Frames that `video` begins with and that stand for the rest; nil: 16.
  public var videoFrames: Int?
  public var target: [Float]
}

/// Makes inputs from the clips of a list, or of several. The same key gives the same bits.
///
/// Not for two threads at once: it holds a filter bank. Use one a thread.
public final class ClipMaker {
  public let pool: ClipPool
  public let recipe: Recipe
  let source: any ClipSource
  private let options: Recording.Options
  private let seed: UInt64
  /// Of a frame in pixels.
  var side: Int { options.framing.size }
  private let filters = FilterBank()
  private let writer: InputWriter

  /// - Parameters:
  ///   - list: the clips.
  ///   - recipe: what a clip's inputs are and how they are changed.
  ///   - seed: of every random choice.
  ///   - source: where the list's files are.
  ///   - options: how faces are found and framed in media files; a folder's pictures are faces already.
  public convenience init(
    list: AnnotationList, recipe: Recipe, seed: UInt64, source: any ClipSource = ClipFiles(),
    options: Recording.Options = Recording.Options()
  ) {
    self.init(ClipPool([list]), recipe: recipe, seed: seed, source: source, options: options)
  }

  /// The same for the clips of several lists.
  public init(
    _ pool: ClipPool, recipe: Recipe, seed: UInt64, source: any ClipSource = ClipFiles(),
    options: Recording.Options = Recording.Options()
  ) {
    (self.pool, self.recipe, self.seed, self.source, self.options) = (pool, recipe, seed, source, options)
    writer = InputWriter(recipe.normalisation)
  }

  /// Values of a clip's pictures and of its sound.
  static func videoValues(side: Int) -> Int { 3 * EvaluationSampling.window * side * side }
  static let audioValues = Spectrogram.count

  /// Where a clip stands, `LIST:LINE`.
  public func place(ofClip position: Int) -> String {
    let clip = pool.clips[position]
    return "\(pool.list(of: clip).path):\(clip.entry.line)"
  }

  func position(ofDraw draw: Int) -> Int { draw % pool.clips.count }

  /// Makes an input in its place: `video` and `audio` are nil where the recipe does not ask for the modality.
  /// - Returns: the clip's target, which modalities were written, and how many steps of features count.
  /// - Throws: `MediaError`, `ClipProblem` or `AnnotationError`: a clip to skip. What was written then does not matter.
  func fill(
    video: UnsafeMutableBufferPointer<Float>?, audio: UnsafeMutableBufferPointer<Float>?, draw: Int, epoch: Int
  ) throws -> (target: [Float], modalities: Modalities, steps: FeatureSteps) {
    let key = RandomKey(seed: seed, epoch: epoch, position: draw)
    let listed = pool.clips[position(ofDraw: draw)]
    var target = try target(of: listed)
    if recipe.features != nil {
      let modalities = recipe.modalities(of: listed.entry)
      let steps = try fillFeatures(video: video, audio: audio, of: listed.entry, in: pool.list(of: listed), modalities)
      return (target, modalities, steps)
    }
    var random = key.stream(.frames)
    let clip = try ListedClip(listed.entry, in: pool.list(of: listed), from: source)
    let modalities = recipe.modalities(of: listed.entry)
    var indices: [Int] = []
    let view = try clip.views(modalities, options: options, refusesSilence: true) { frames, samples in
      let view = recipe.sampling.view(frames: frames, samples: samples, random: &random)
      indices = view?.frames ?? []
      return view.map { [$0] }
    }[0]
    var steps = FeatureSteps()
    if let faces = view.faces, let video {
      let chosen = shown(faces, indices, key: key)
      steps.video = chosen.count
      write(augmented(chosen, key: key), to: video, erasing: recipe.picture.erasing, key: key)
      if isFlipped(key), let mirrored = recipe.mirroredTarget { target = mirrored.map { target[$0] } }
    }
    if let samples = view.samples, let audio { write(samples, to: audio, recipe.sound, key: key) }
    return (target, modalities, steps)
  }

  /// The clip's views as evaluation takes them, with nothing changed at random; to validate a model in training.
  ///
  /// Where sound alone is asked for, views are those of a clip that is only heard.
  /// - Throws: `MediaError`, `ClipProblem` or `AnnotationError`: a clip to skip.
  public func views(position: Int, sampling: EvaluationSampling = EvaluationSampling()) throws -> [ModelInput] {
    let clip = pool.clips[position]
    let target = try target(of: clip)
    if let features = recipe.features {
      return [try featureView(of: clip.entry, in: pool.list(of: clip), features, target)]
    }
    let plain = AudioAugmentation()
    let key = RandomKey(seed: seed, epoch: 0, position: position)
    let modalities = recipe.modalities(of: clip.entry)
    var isStill = false
    return try ListedClip(clip.entry, in: pool.list(of: clip), from: source).views(modalities, options: options) {
      frames, samples in
      guard modalities.hasVideo else { return sampling.heard(samples: samples ?? 0) }
      let views = sampling.views(frames: frames, samples: samples ?? EvaluationSampling.windowSamples)
      isStill = recipe.takesFewerFrames && frames == 1
      // All views of a still without sound are the same.
      return isStill && samples == nil ? views.map { Array($0.prefix(1)) } : views
    }.map { view in
      func made(_ count: Int, _ write: (UnsafeMutableBufferPointer<Float>) -> Void) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { values, filled in
          write(UnsafeMutableBufferPointer(rebasing: values[..<count]))
          filled = count
        }
      }
      return ModelInput(
        video: view.faces.map { faces in
          made(Self.videoValues(side: side)) { write(isStill ? [faces[0]] : faces, to: $0, erasing: nil, key: key) }
        } ?? [],
        audio: view.samples.map { samples in made(Self.audioValues) { write(samples, to: $0, plain, key: key) } } ?? [],
        videoFrames: view.faces != nil && isStill ? 1 : nil, target: target)
    }
  }

  private func target(of clip: ClipPool.Clip) throws -> [Float] {
    let list = pool.list(of: clip)
    func values(_ known: [Double]?, _ count: Int) -> [Float] {
      known?.map { Float($0) } ?? [Float](repeating: .nan, count: count)
    }
    switch (recipe.target, try clip.label?.get()) {
    case (.none, _): return []
    case (.classes(let classes), let label?): return values(label.classes, classes)
    case (.values(let attributes), let label?): return values(label.attributes, attributes)
    case (.labels(let classes, let attributes), let label):
      guard let label else { preconditionFailure("a pool whose labels were not read") }
      return values(label.classes, classes) + values(label.attributes, attributes)
    case (.values(let count), nil): return try list.values(of: clip.entry, count: count).map { Float($0) }
    case (.classes(let count), nil):
      var target = [Float](repeating: 0, count: count)
      target[try list.classIndex(of: clip.entry, count: count)] = 1
      return target
    }
  }

  /// The frames that the network is shown: one of a still, some of a clip where the recipe says so.
  private func shown(_ faces: [FaceCrop], _ indices: [Int], key: RandomKey) -> [FaceCrop] {
    guard recipe.takesFewerFrames else { return faces }
    if Set(indices).count == 1 { return [faces[0]] }
    guard let count = recipe.picture.frames, count < faces.count else { return faces }
    var random = key.stream(.frameChoice)
    var left = Array(faces.indices)
    while left.count > count { left.remove(at: random.below(left.count)) }
    return left.map { faces[$0] }
  }

  /// All that happens to faces while they are bytes.
  private func augmented(_ faces: [FaceCrop], key: RandomKey) -> [FaceCrop] {
    var faces = faces
    let side = faces[0].side
    func cut(_ part: FacePart) {
      faces = faces.map { $0.part(x: part.x, y: part.y, width: part.width, height: part.height, side: side) }
    }
    if let dropout = recipe.picture.frameDropout, faces.count > 1 {
      var random = key.stream(.frameDropout)
      if let stretch = dropout.stretch(frames: faces.count, random: &random) {
        faces = FrameDropout.held(faces, without: stretch)
      }
    }
    if let camera = recipe.picture.camera {
      var random = key.stream(.camera)
      faces = camera.applied(to: faces, random: &random)
    }
    if let crop = recipe.picture.multiScaleCrop {
      var random = key.stream(.crop)
      cut(crop.part(side: side, random: &random))
    }
    if let augment = recipe.picture.randAugment {
      var random = key.stream(.randAugment)
      for operation in augment.operations(&random) { faces = faces.map(operation.applied) }
    }
    if let crop = recipe.picture.resizedCrop {
      var random = key.stream(.crop)
      cut(crop.part(side: side, random: &random))
    }
    return isFlipped(key) ? faces.map(\.flipped) : faces
  }

  private func isFlipped(_ key: RandomKey) -> Bool {
    var random = key.stream(.flip)
    return random.chance(recipe.picture.flip)
  }

  /// (3, 16, side, side), normalised, then erased: the noise is standard normal on that scale. Of fewer faces the first frames
  /// are written.
  private func write(
    _ faces: [FaceCrop], to out: UnsafeMutableBufferPointer<Float>, erasing: RandomErasing?, key: RandomKey
  ) {
    writer.write(faces, side: side, frames: EvaluationSampling.window, to: out)
    if let erasing {
      var random = key.stream(.erasing)
      if let part = erasing.part(side: side, random: &random) {
        erasing.erase(part, in: out, side: side, random: &random)
      }
    }
  }

  /// (256, 128), cut or padded with zeros, masked, then normalised.
  private func write(
    _ samples: [Float], to out: UnsafeMutableBufferPointer<Float>, _ augmentation: AudioAugmentation, key: RandomKey
  ) {
    let heard = filters.spectrogram(of: augmentation.sound(samples, key: key)).values
    var rows = augmentation.window(heard, key: key)
    augmentation.hide(&rows, key: key)
    writer.write(spectrogram: rows, to: out)
  }
}
