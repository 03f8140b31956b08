/// What is true of a clip: its class, or how those who judged it voted, and its attributes.
public struct ClipLabel: Hashable, Sendable {
  /// The share of each class; they sum to one. nil: the clip has no class.
  public var classes: [Double]?
  /// In the order in which they were asked for. nil: the clip has none.
  public var attributes: [Double]?

  public init(classes: [Double]? = nil, attributes: [Double]? = nil) {
    (self.classes, self.attributes) = (classes, attributes)
  }

  /// The class with the largest share; nil: the clip has no class, or several share the first place.
  public var majority: Int? {
    guard let classes, let most = classes.max() else { return nil }
    let first = classes.indices.filter { classes[$0] == most }
    return first.count == 1 ? first[0] : nil
  }
}

/// Reads the labels of a list.
///
/// The fields behind picture and sound are
/// - a class: its name, its index from 0, or votes such as `anger:3,happiness:7`;
/// - attributes with their names, such as `valence=0.3 arousal=0.8`;
/// - where attributes alone are asked for: their values in order, without names.
///
/// What is not asked for is not looked at: one list serves trainings of classes, of attributes, and of both.
public struct LabelReader: Hashable, Sendable {
  /// The model's classes in order; empty: they are not asked for.
  public var classes: [String]
  /// Attributes in order; empty: they are not asked for.
  public var attributes: [String]
  /// What the list's indices stand for; nil: they are those of ``classes``.
  public var listClasses: [String]?
  /// Whether clips are left out whose label tells nothing that is asked for, such as a class that is none of
  /// ``classes``; otherwise they are an error.
  public var leavesOutUnknown: Bool

  public init(
    classes: [String] = [], attributes: [String] = [], listClasses: [String]? = nil, leavesOutUnknown: Bool = false
  ) {
    (self.classes, self.attributes) = (classes, attributes)
    (self.listClasses, self.leavesOutUnknown) = (listClasses, leavesOutUnknown)
  }

  /// - Returns: what is asked for and there; nil: the clip is left out.
  /// - Throws: `AnnotationError` naming the line, where a label is wrong, or nothing that is asked for is there.
  public func label(of entry: AnnotationList.Entry, in list: AnnotationList) throws -> ClipLabel? {
    let isNamed = entry.label.map { !names.contains($0) && $0.contains("=") && !$0.hasPrefix("=") }
    let plain = zip(entry.label, isNamed).filter { !$1 }.map(\.0)
    let named = zip(entry.label, isNamed).filter { $1 }.map(\.0)
    if classes.isEmpty && named.isEmpty {
      // A list of classes beside one of attributes.
      if leavesOutUnknown && plain.count == 1 && attributes.count > 1 { return nil }
      return ClipLabel(attributes: try list.values(of: entry, count: attributes.count))
    }
    let place = Place(list: list, entry: entry)
    guard plain.count <= 1 else {
      throw place.error(
        "\(plain.count) labels where a class index was expected; names with spaces stand in double quotes")
    }
    var label = ClipLabel()
    if !attributes.isEmpty { label.attributes = try values(named, place) }
    if !classes.isEmpty, let text = plain.first {
      do { label.classes = try shares(text, place) } catch let error as AnnotationError {
        guard leavesOutUnknown, error.tellsNothing else { throw error }
        return label.attributes == nil ? nil : label
      }
    }
    guard label.classes == nil && label.attributes == nil else { return label }
    if entry.label.isEmpty { throw place.error("2 fields where video, audio and label were expected") }
    if leavesOutUnknown { return nil }
    let wanted = classes.isEmpty ? attributes.joined(separator: ", ") : "a class"
    throw place.error("the label “\(entry.label.joined(separator: " "))” does not tell \(wanted)", tellsNothing: true)
  }

  private var names: [String] { listClasses.map { classes + $0 } ?? classes }

  // MARK: Attributes

  private func values(_ fields: [String], _ place: Place) throws -> [Double]? {
    var known: [String: Double] = [:]
    for field in fields {
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard attributes.contains(parts[0]) else { continue }
      // What is trained on is a Float, whose range is smaller.
      guard let value = Double(parts[1]), Float(value).isFinite else {
        throw place.error("“\(field)” is not a number")
      }
      guard known.updateValue(value, forKey: parts[0]) == nil else {
        throw place.error("the attribute “\(parts[0])” comes twice")
      }
    }
    if known.isEmpty { return nil }
    return try attributes.map { name in
      guard let value = known[name] else {
        throw place.error(
          "\(known.keys.sorted().joined(separator: ", ")) without \(name); give all attributes, or none")
      }
      return value
    }
  }

  // MARK: Classes

  private func shares(_ text: String, _ place: Place) throws -> [Double] {
    var shares = [Double](repeating: 0, count: classes.count)
    if names.contains(text) || !text.contains(":") {
      shares[try index(text, place)] = 1
      return shares
    }
    var seen: Set<Int> = []
    for vote in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let colon = vote.lastIndex(of: ":"), let votes = Double(vote[vote.index(after: colon)...]), votes.isFinite
      else { throw place.error("“\(vote)” in “\(text)” is not CLASS:VOTES") }
      guard votes >= 0 else { throw place.error("“\(vote)” in “\(text)”: votes cannot be negative") }
      let index = try index(String(vote[..<colon]), place)
      guard seen.insert(index).inserted else {
        throw place.error("votes for “\(classes[index])” come twice in “\(text)”")
      }
      shares[index] = votes
    }
    let all = shares.reduce(0, +)
    guard all > 0, all.isFinite else { throw place.error("“\(text)” has no vote") }
    return shares.map { $0 / all }
  }

  private func index(_ text: String, _ place: Place) throws -> Int {
    if let index = classes.firstIndex(of: text) { return index }
    let own = listClasses ?? classes
    guard let number = Int(text) else {
      throw place.error("the class “\(text)” is none of \(classes.joined(separator: ", "))", tellsNothing: true)
    }
    guard own.indices.contains(number) else {
      throw place.error("the label “\(text)” is not a class index from 0 to \(own.count - 1)")
    }
    guard let index = classes.firstIndex(of: own[number]) else {
      throw place.error(
        "the class “\(own[number])” (\(number)) is none of \(classes.joined(separator: ", "))", tellsNothing: true)
    }
    return index
  }
}

/// Where a label stands.
private struct Place {
  var list: AnnotationList
  var entry: AnnotationList.Entry

  func error(_ problem: String, tellsNothing: Bool = false) -> AnnotationError {
    var error = AnnotationError(path: list.path, line: entry.line, problem)
    error.tellsNothing = tellsNothing
    return error
  }
}
