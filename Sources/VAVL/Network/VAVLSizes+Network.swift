public import Layers
public import Networks
public import Tensor

extension VAVLSizes: NetworkSizes {
  public var architecture: any Architecture { VAVLArchitecture(families: families) }

  /// Of the encoders that it is built on.
  var families: [any EncoderFamily] {
    [video, audio].compactMap {
      guard case .pretrained(let sizes, _) = $0 else { return nil }
      return sizes.base.family
    }
  }

  public var inputs: InputShapes {
    func shape(_ modality: Modality) -> InputShape? {
      switch self[modality] {
      case .features(let width, let steps): .features(steps: steps, width: width)
      case .light where modality == .video: .pictures(frames: Self.frames, side: Self.side)
      case .light: .spectrogram(rows: Self.rows, bins: Self.bins)
      case .pretrained(let sizes, _): sizes.base.input
      case nil: nil
      }
    }
    return InputShapes(video: shape(.video), audio: shape(.audio))
  }

  /// For each task one that rests on both modalities and one for each alone.
  public var heads: [Head] {
    [(Head.Task.classification, classes, ""), (.regression, attributes, readsActions ? Self.actions : "_attributes")]
      .flatMap { task, outputs, ending in
        Self.headNames.filter {
          outputs > 0 && modalities.isSuperset(of: $0.modalities)
            && (ending != Self.actions || $0.modalities == .video)
        }.map {
          Head(
            name: $0.name + ending, modalities: $0.modalities, task: task, outputs: outputs,
            isMomentary: ending == Self.actions)
        }
      }
  }

  /// What the name of the head of actions ends with.
  static let actions = "_actions"

  /// The place of the head of the first task that rests on most of what is there; nil: there is none.
  package func bestHead(for present: Modalities) -> Int? {
    heads.indices.first { heads[$0].task == heads[0].task && heads[$0].modalities.isSubset(of: present) }
  }

  static let headNames: [(name: String, modalities: Modalities)] = [
    ("both", .audioVideo), ("audio", .audio), ("video", .video),
  ]

  public var summary: String {
    func text(_ modality: Modality) -> String {
      switch self[modality] {
      case .features(let width, let steps): "\(steps) features of \(width)"
      case .light(let channels): "light \(channels.map(String.init).joined(separator: "-"))"
      case .pretrained(let sizes, let isFrozen): (isFrozen ? "frozen " : "") + sizes.base.summary
      case nil: "none"
      }
    }
    let answers = [(classes, "classes"), (attributes, readsActions ? "actions" : "attributes")].filter { $0.0 > 0 }.map
    { "\($0.0) \($0.1)" }
    let ablations = [(shares, "no sharing"), (residual, "no shared residual"), (reconstructs, "no reconstruction")]
      .filter { !$0.0 }.map(\.1)
    return
      ([
        "width \(width)", "\(attentionHeads) attention heads", "blocks \(blocks) and \(sharedBlocks) shared",
        "video \(text(.video))", "audio \(text(.audio))",
      ] + ablations + answers).joined(separator: ", ")
  }

  public var details: String { summary }

  /// Weights tell neither the ablation without a residual nor how many steps of features a clip has, which encoder layers
  /// are read, and whether encoders are frozen.
  public func fits(_ found: any NetworkSizes) -> Bool {
    guard let found = found as? VAVLSizes else { return false }
    var likely = self
    likely.residual = found.residual
    if likely.video?.isLike(found.video) == true { likely.video = found.video }
    if likely.audio?.isLike(found.audio) == true { likely.audio = found.audio }
    return likely == found
  }

  public var gigaflops: Double {
    let each = Modality.allCases.filter { self[$0] != nil }.map { modality in
      let steps = Double(steps(modality))
      return steps * encoderProducts(modality) + Double(blocks + sharedBlocks) * blockProducts(steps)
        + steps * Double(width * width)
    }
    let answers = heads.reduce(0) { sum, head in
      sum + (head.modalities == .audioVideo ? 2 : 1) * width * width + width * width / 2 + width / 2 * head.outputs
    }
    return 2e-9 * (each.reduce(0, +) + Double(answers))
  }

  /// Multiplications of one step up to its token.
  private func encoderProducts(_ modality: Modality) -> Double {
    let features = featureWidth(modality)
    let projection = bottleneck.map { features * $0 + $0 * width } ?? features * width
    if case .pretrained(let sizes, _) = self[modality] {
      return sizes.base.gigaflops * 0.5e9 / Double(sizes.base.steps) + Double(projection)
    }
    guard case .light(let channels) = self[modality] else { return Double(projection) }
    let grid = modality == .video ? Self.pictureGrid : Self.spectrogramGrid
    let shape = LightShape(modality, channels: channels)
    let stem = grid.tokens / grid.depth * grid.patchValues * channels[0]
    let stages = channels.indices.dropFirst().reduce(0) { sum, stage in
      let (narrowing, within) = (shape.narrowing(stage), shape.within(stage))
      return sum + narrowing.results * narrowing.patchValues * channels[stage]
        + 2 * within.results * within.patchValues * channels[stage]
    }
    return Double(stem + stages + projection)
  }

  /// Multiplications of a conformer block over so many steps.
  private func blockProducts(_ steps: Double) -> Double {
    let square = Double(width * width)
    // Two feed-forwards of ratio 4, queries to projection, positions, and the convolution's two linear layers.
    let rows = steps * square * (16 + 4 + 3) + (2 * steps - 1) * square
    let attention = steps * steps * Double(width) * 2 + steps * (2 * steps - 1) * Double(width)
    return rows + attention + steps * Double(width * taps)
  }

  public func network(_ weights: Weights) throws -> any Network {
    guard !heads.isEmpty else { throw WeightError.notThisModel("it has neither classes nor attributes, so no head") }
    return try VAVLModel(self, weights)
  }

  public func prove(_ store: any TensorStore) throws { _ = try VAVLModel(self, Weights(reading: store)) }
}

extension VAVLModel: Network {
  public var sizes: any NetworkSizes { configuration }

  public func engine(_ options: EngineOptions) -> any NetworkEngine { VAVLEngine(self, options) }
}
