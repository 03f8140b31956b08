public import Files
public import Models
internal import Networks

/// What answers are corrected with so that a person's own neutral is the zero.
public struct Baseline: Sendable, Hashable {
  /// Where it comes from.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// From the windows of each person that were seen so far in the session.
    case auto
    /// From a file of one person; it is applied to everybody.
    case file
  }

  public var kind: Kind
  /// As it was named; nil for `auto`.
  public var file: String?
  /// What the file says; empty for `auto`.
  public var person: PersonBaseline
  /// Where each person's neutral is moved to.
  public var reference: NeutralReference

  /// One that is built from what is seen.
  public init(auto reference: NeutralReference) {
    (kind, file, person, self.reference) = (.auto, nil, PersonBaseline(), reference)
  }

  /// One person's.
  public init(_ person: PersonBaseline, file: String, reference: NeutralReference) {
    (kind, self.file, self.person, self.reference) = (.file, file, person, reference)
  }

  /// As the stream's first line and a session's manifest say it; with its numbers, so that a session replays with them.
  public var json: JSON {
    var members: [JSON.Member] = [
      .init("kind", .string(kind.rawValue)), .init("half_at_s", .double(PersonBaseline.halfAt)),
      .init("reference", reference.measured?.json ?? .null),
    ]
    if kind == .file { members += [.init("file", .optional(file)), .init("person", person.json)] }
    return .object(members)
  }
}

/// A baseline as a manifest has it; the model's labels, which stand elsewhere, make it one.
public struct RecordedBaseline: Sendable, Hashable, Decodable {
  var kind: Baseline.Kind
  var file: String?
  var person: PersonBaseline?
  var reference: PersonBaseline?

  /// - Returns: nil: it does not fit a model with these labels.
  public func baseline(labels: [String]) -> Baseline? {
    let parts = [person, reference].compactMap { $0 }
    guard parts.allSatisfy({ $0.problem(labels: labels) == nil }),
      let zero = NeutralReference(reference, labels: labels)
    else { return nil }
    switch kind {
    case .auto: return Baseline(auto: zero)
    case .file: return Baseline(person ?? PersonBaseline(), file: file ?? "", reference: zero)
    }
  }
}
