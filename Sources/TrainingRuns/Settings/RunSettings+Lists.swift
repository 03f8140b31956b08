internal import Files
public import Lists

// The lists of a run: what its config.json says of them, and how their labels are read.

extension RunSettings {
  /// Lists of clips in the order of the command line; in `config.json` an object, or an array of several.
  public struct Lists: Hashable, Sendable {
    public var sources: [Source]

    /// - Precondition: There is a list.
    public init(_ sources: [Source]) {
      precondition(!sources.isEmpty, "a run without a list")
      self.sources = sources
    }

    /// One list, whose labels are the run's.
    /// - Throws: `FileError` if it cannot be read.
    public init(_ list: AnnotationList) throws { self.init([try Source(list)]) }

    /// Clips that are used, in all lists.
    public var clips: Int? { sources.reduce(0) { sum, source in sum.flatMap { sum in source.clips.map { sum + $0 } } } }

    /// The lists' shares of a batch; nil: they are one pool.
    public var mix: [Int]? {
      let shares = sources.compactMap(\.share)
      return shares.count == sources.count && shares.count > 1 ? shares : nil
    }

    fileprivate mutating func count(_ pool: ClipPool) throws {
      for clip in pool.clips { _ = try clip.label?.get() }
      for place in sources.indices {
        guard pool.counts[place] > 0 else {
          throw FileError(
            .badData, path: sources[place].path, problem: "none of its clips has a label that the model learns",
            remedy: "leave the list out, or name its classes with --labels and --data-labels")
        }
        sources[place].clips = pool.counts[place]
        if sources[place].leftOut != nil { sources[place].leftOut = pool.leftOut[place] }
      }
    }

    /// For messages.
    public var path: String { sources.map(\.path).joined(separator: ", ") }
  }

  /// Reads the labels of one of the run's lists; nil in pre-training.
  public func labelReader(of list: Source) -> LabelReader? {
    let leavesOut = list.leftOut != nil
    return switch objective.loss {
    case .reconstruction: nil
    case .ce:
      LabelReader(
        classes: labels, attributes: attributes ?? [], listClasses: list.labels, leavesOutUnknown: leavesOut)
    case .mse, .ccc: LabelReader(attributes: labels, leavesOutUnknown: leavesOut)
    }
  }

  /// The attributes that the run learns, alone or beside classes.
  public var attributeNames: [String] {
    switch objective.loss {
    case .reconstruction: []
    case .ce: attributes ?? []
    case .mse, .ccc: labels
    }
  }

  /// Reads all labels, and counts the clips that are used and those that are left out.
  /// - Parameters:
  ///   - lists: to train on, those of the settings in their order.
  ///   - validation: to validate on.
  /// - Returns: the clips to train on.
  /// - Throws: `AnnotationError` of the first label that is wrong; `FileError` where no clip of a list is left.
  public mutating func readLabels(_ lists: [AnnotationList], validation: [AnnotationList]) throws -> ClipPool {
    let pool = pool(lists, data)
    try data.count(pool)
    if let known = self.validation {
      var known = known
      try known.count(self.pool(validation, known))
      self.validation = known
    }
    return pool
  }

  /// The clips of some of the run's lists.
  func pool(_ lists: [AnnotationList], _ said: Lists) -> ClipPool {
    precondition(
      lists.count == said.sources.count, "\(lists.count) lists where the settings name \(said.sources.count)")
    let readers = said.sources.compactMap(labelReader)
    return ClipPool(lists, readers: readers.isEmpty ? nil : readers)
  }
}

extension RunSettings.Lists: Codable {
  public init(from decoder: any Decoder) throws {
    if let one = try? RunSettings.Source(from: decoder) {
      sources = [one]
    } else {
      sources = try [RunSettings.Source](from: decoder)
      guard !sources.isEmpty else {
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "has no list"))
      }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    if sources.count == 1 { try sources[0].encode(to: encoder) } else { try sources.encode(to: encoder) }
  }

  /// In what they differ from the lists of before, as `data: …`. A list is its content: it may have been moved.
  func differences(from before: RunSettings.Lists?, _ name: String) -> [String] {
    guard let before else { return ["\(name): was none, is \(path)"] }
    guard before.sources.count == sources.count else { return ["\(name): was \(before.path), is \(path)"] }
    var found = zip(before.sources, sources).compactMap { was, now in
      was.sha256 == now.sha256 ? nil : "\(name): \(now.path) is not what \(was.path) was, by its SHA-256"
    }
    func differ<Value: Equatable>(
      _ part: KeyPath<RunSettings.Source, Value?>, _ what: String, _ text: (Value) -> String
    ) {
      let (was, now) = (before.sources.map { $0[keyPath: part] }, sources.map { $0[keyPath: part] })
      guard was != now else { return }
      func words(_ values: [Value?]) -> String { values.map { $0.map(text) ?? "none" }.joined(separator: ":") }
      found.append("\(name).\(what): was \(words(was)), is \(words(now))")
    }
    differ(\.share, "mix") { "\($0)" }
    differ(\.labels, "labels") { $0.joined(separator: ",") }
    differ(\.leftOut, "left_out") { "\($0)" }
    return found
  }
}
