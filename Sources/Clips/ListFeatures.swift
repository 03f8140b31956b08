internal import Checkpoint
internal import Files
public import Lists
internal import Media
public import Networks

/// What a list names in place of videos or sounds where other networks looked at its clips before: files of features, as far
/// as their headers say. Names that end in `.npy` or `.safetensors` are such.
public struct ListFeatures: Sendable {
  /// The features of one column of a list.
  public struct Column: Hashable, Sendable {
    /// Values of a step in the first file that can be read.
    public var width: Int
    /// Steps of every file that can be read.
    public var steps: [Int]
  }

  /// The columns that name features.
  public let named: Modalities
  /// nil: the column does not name features, or none of them can be read.
  public private(set) var video, audio: Column?
  /// Why the first file that cannot be read cannot.
  private var problems: [Modality: any Error] = [:]

  /// Looks at the header of every file. A file that cannot be read is a broken clip, which is found later.
  /// - Throws: `AnnotationError` for a column that names features and other files.
  public init(_ list: AnnotationList, from source: any ClipSource = ClipFiles()) throws(AnnotationError) {
    named = try Self.modalities(of: list)
    for modality in Modality.allCases where named.contains(Modalities(modality)) {
      var column: Column?
      for entry in list.entries {
        guard let name = entry.name(modality) else { continue }
        do {
          let file = try FeatureFile(named: name, of: list, from: source)
          column = column ?? Column(width: file.width, steps: [])
          column?.steps.append(file.steps)
        } catch { problems[modality] = problems[modality] ?? error }
      }
      if modality == .video { video = column } else { audio = column }
    }
  }

  /// The column of a modality; nil: it does not name features, or none of them can be read.
  public subscript(modality: Modality) -> Column? { modality == .video ? video : audio }

  /// Values of a step of a column; nil: it does not name features.
  /// - Throws: `FileError` of the first file where none can be read.
  public func width(_ modality: Modality) throws -> Int? {
    if self[modality] == nil, let problem = problems[modality] { throw problem }
    return self[modality]?.width
  }

  /// The columns that name features.
  /// - Throws: `AnnotationError` for a column that names features and other files.
  public static func modalities(of list: AnnotationList) throws(AnnotationError) -> Modalities {
    var found: Modalities = []
    for modality in Modality.allCases {
      var first: (isFeatures: Bool, name: String, line: Int)?
      for entry in list.entries {
        guard let name = entry.name(modality) else { continue }
        let isFeatures = FeatureFile.isNamed(by: name)
        guard let known = first else {
          first = (isFeatures, name, entry.line)
          continue
        }
        guard known.isFeatures == isFeatures else {
          let (one, other) = isFeatures ? ("a", "none") : ("no", "one")
          throw AnnotationError(
            path: list.path, line: entry.line,
            "\(name) is \(one) file of features, but \(known.name) of line \(known.line) is \(other); a column has one "
              + "kind of files")
        }
      }
      if first?.isFeatures == true { found.insert(Modalities(modality)) }
    }
    return found
  }

  /// Sees that a list names what a model takes: features, or pictures and sound.
  /// - Parameters:
  ///   - list: of clips.
  ///   - inputs: of the model.
  ///   - model: what messages call it.
  /// - Throws: `AnnotationError` naming what differs.
  public static func check(_ list: AnnotationList, has inputs: InputShapes, model: String) throws(AnnotationError) {
    let named = try modalities(of: list)
    for (modality, shape) in [(Modality.video, inputs.video), (.audio, inputs.audio)] {
      guard let shape, let entry = list.entries.first(where: { $0.name(modality) != nil }) else { continue }
      let (name, isNamed) = (entry.name(modality) ?? "", named.contains(Modalities(modality)))
      if case .features = shape {
        guard !isNamed else { continue }
        throw AnnotationError(
          path: list.path, line: entry.line,
          "\(name) is no file of features (.npy, .safetensors), but \(model) reads \(shape)")
      }
      guard isNamed else { continue }
      throw AnnotationError(
        path: list.path, line: entry.line, "\(name) is a file of features, but \(model) takes \(shape)")
    }
  }

  /// How many files have more steps than a model takes; they are cut.
  public func longer(than inputs: InputShapes) -> [(modality: Modality, files: Int, steps: Int)] {
    var found: [(modality: Modality, files: Int, steps: Int)] = []
    for (modality, shape) in [(Modality.video, inputs.video), (.audio, inputs.audio)] {
      guard case .features(let steps, _) = shape, let column = self[modality] else { continue }
      let files = column.steps.count { $0 > steps }
      if files > 0 { found.append((modality: modality, files: files, steps: steps)) }
    }
    return found
  }
}

extension AnnotationList.Entry {
  /// What the list names for a modality; nil for `-`.
  func name(_ modality: Modality) -> String? { modality == .video ? video : audio }
}

extension FeatureFile {
  /// - Throws: `FileError`, or `MediaError` if the source does not have the file.
  init(named name: String, of list: AnnotationList, from source: any ClipSource) throws {
    let media = try source.media(name, of: list)
    guard case .path(let path) = media else {
      throw FileError(.unsupported, path: "\(media)", problem: "features are read from files only")
    }
    try self.init(path)
  }
}
