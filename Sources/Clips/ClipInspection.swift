internal import Checkpoint
internal import Files
internal import Glibc
public import Lists
public import Media
public import Networks
internal import Signal

/// What is wrong with a clip of a list, found by reading all of it.
public struct ClipInspection: Hashable, Sendable {
  /// What can be wrong with a clip; the raw values are the words of `mien data check`.
  public enum Problem: String, Hashable, Sendable, CaseIterable {
    case missing
    case unreadable
    /// No sample reaches −60 dBFS.
    case silent
    /// 1024 samples or fewer.
    case short = "too little sound"
    case noFace = "no face"
    case label = "wrong label"
    /// Of another width than the files before it, of another type or shape, or with values that are not finite.
    case features = "wrong features"
    /// The list says `-` where a modality is needed.
    case absent = "sense not given"
  }

  /// One problem of one file of the clip.
  public struct Finding: Hashable, Sendable {
    public var problem: Problem
    /// Names the file.
    public var detail: String

    public init(_ problem: Problem, _ detail: String) { (self.problem, self.detail) = (problem, detail) }
  }

  /// What is wrong with the clip; empty: nothing.
  public var findings: [Finding] = []
  /// What the clip's label says; nil where it is wrong, or nobody read it.
  public var label: ClipLabel?
  /// nil where they were not looked at.
  public var frames, faces, samples: Int?

  /// Reads a clip's files to the end.
  /// - Parameters:
  ///   - entry: the clip.
  ///   - list: the list that names it.
  ///   - source: where the list's files are.
  ///   - target: what the clip's label must be.
  ///   - labels: reads the label, where names, votes and attributes are known; nil: a class is an index.
  ///   - features: what the list names in place of pictures and sound; nil: nothing is known of it, and files are media.
  ///   - needs: what the list must give of every clip, and what of it is looked at; empty: what it gives.
  ///   - options: how faces are found and framed.
  ///   - looksForFaces: false: pictures are not opened, only seen to be there.
  ///   - isCancelled: asked now and then; true ends the reading early.
  public init(
    of entry: AnnotationList.Entry, in list: AnnotationList, from source: any ClipSource = ClipFiles(),
    target: Recipe.Target, labels: LabelReader? = nil, features: ListFeatures? = nil, needs: Modalities = [],
    options: Recording.Options, looksForFaces: Bool, isCancelled: () -> Bool = { false }
  ) {
    do {
      switch target {
      case .none: break
      case .classes(let count) where labels == nil: _ = try list.classIndex(of: entry, count: count)
      case .values(let count) where labels == nil: _ = try list.values(of: entry, count: count)
      case .classes, .values, .labels: label = try labels?.label(of: entry, in: list)
      }
    } catch { findings.append(Finding(.label, (error as? AnnotationError)?.problem ?? "\(error)")) }
    let clip: ListedClip
    do { clip = try ListedClip(entry, in: list, from: source) } catch {
      note(error)
      return
    }
    for (modality, path, name) in [(Modalities.video, clip.video, "picture"), (.audio, clip.audio, "sound")]
    where needs.contains(modality) && path == nil { findings.append(Finding(.absent, "the list gives it no \(name)")) }
    let asked = needs.isEmpty ? .audioVideo : needs
    for (modality, file) in [(Modality.video, clip.video), (.audio, clip.audio)]
    where asked.contains(Modalities(modality)) {
      if let file, let features, features.named.contains(Modalities(modality)) {
        look(at: file, width: features[modality]?.width)
      }
    }
    let looked = asked.subtracting(features?.named ?? [])
    if looked.hasAudio, let audio = clip.audio,
      let sound = read({ try AudioFile.read16k(audio, track: options.tracks.audio) })
    {
      samples = sound.count
      if sound.count <= EvaluationSampling.shortestAudio {
        findings.append(Finding(.short, "\(audio): \(sound.count) samples at 16 kHz"))
      } else if Silence.isSilent(sound) {
        findings.append(Finding(.silent, "\(audio): no sample reaches -60 dBFS"))
      }
    }
    if looked.hasVideo, let video = clip.video { look(at: video, options, looksForFaces, isCancelled) }
    if let audio = clip.audio, let frames, let samples, samples > EvaluationSampling.shortestAudio,
      EvaluationSampling().views(frames: frames, samples: samples) == nil
    {
      findings.append(Finding(.short, "\(audio): \(ClipProblem.tooLittleSound); pictures: \(frames)"))
    }
  }

  /// Reads all values of a file of features.
  private mutating func look(at file: MediaSource, width: Int?) {
    guard case .path(let path) = file else { return }
    do {
      let features = try FeatureFile(path)
      if let width, features.width != width { throw features.otherWidth(wanted: width) }
      _ = try features.values()
    } catch let error as FileError where error.kind != .noInput {
      findings.append(Finding(.features, "\(error)"))
    } catch { note(error) }
  }

  private mutating func look(
    at video: MediaSource, _ options: Recording.Options, _ looksForFaces: Bool, _ isCancelled: () -> Bool
  ) {
    guard looksForFaces else {
      if case .path(let path) = video, access(path, R_OK) != 0 {
        findings.append(Finding(.missing, "\(video): \(String(cString: strerror(errno)))"))
      }
      return
    }
    struct Stopped: Error {}
    var found = 0
    let count = read {
      try ClipFaces.each(video, options: options) { _, face in
        if isCancelled() { throw Stopped() }
        if face != nil { found += 1 }
      }
    }
    guard let count else { return }
    (frames, faces) = (count, found)
    if found == 0 { findings.append(Finding(.noFace, "\(video): no face in any of its \(count) frames")) }
  }

  private mutating func read<Value>(_ body: () throws -> Value) -> Value? {
    do { return try body() } catch {
      note(error)
      return nil
    }
  }

  private mutating func note(_ error: any Error) {
    let isMissing = (error as? any KnownFailure)?.kind == .noInput
    findings.append(Finding(isMissing ? .missing : .unreadable, "\(error)"))
  }
}

extension Recipe.Target {
  /// What most labels of a list look like: one whole number is a class, among as many as the largest says; anything else
  /// is a regression of so many values. Where no line has one, none is looked at.
  public init(inferredFrom list: AnnotationList) {
    var counts: [Int: Int] = [:]
    for entry in list.entries where !entry.label.isEmpty { counts[entry.label.count, default: 0] += 1 }
    // Of two equally common ones the smaller, so that the answer does not hang on a dictionary's order.
    guard let usual = counts.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) })?.key else {
      self = .none
      return
    }
    let whole = list.entries.filter { $0.label.count == 1 }.compactMap { Int($0.label[0]) }
    let classes = whole.filter { (0..<Self.mostClasses).contains($0) }
    let isClass = usual == 1 && 2 * classes.count > counts[1] ?? 0
    self = isClass ? .classes((classes.max() ?? 0) + 1) : .values(usual)
  }

  /// A larger number is no class index.
  static let mostClasses = 10_000
}
