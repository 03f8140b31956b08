public import Files
internal import Foundation
public import Networks

/// One size that differs from a preset's, such as `blocks=2`. Keys are those of `sizes` in `config.json`; a dot leads into
/// an object: `video.channels=8,16`.
public struct SizeChange: Hashable, Sendable {
  /// Dots separate the keys of objects.
  public let key: String
  public let value: JSON

  public init(_ key: String, _ value: JSON) { (self.key, self.value) = (key, value) }

  /// - Parameter text: `KEY=VALUE`. Values are null, true, false, numbers, numbers with commas between them, or text.
  /// - Returns: nil where there is no key or no value.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(parts[0], Self.value(parts[1]))
  }

  private static func value(_ text: String) -> JSON {
    if text.contains(",") {
      return .array(text.split(separator: ",", omittingEmptySubsequences: false).map { value(String($0)) })
    }
    switch text {
    case "null": return .null
    case "true": return true
    case "false": return false
    default:
      if let whole = Int(text) { return .int(whole) }
      if let number = Double(text), number.isFinite { return .double(number) }
      return .string(text)
    }
  }
}

extension SizeChange {
  /// Why the value cannot stand in the place of a whole number; nil: it can.
  fileprivate func problem(for present: JSON) -> String? {
    guard case .int = present, case .double = value else { return nil }
    return "'\(key)' is not a whole number, or too large for one"
  }

  /// The value in the place of one that is there: a list may have a single item.
  fileprivate func value(for present: JSON?) -> JSON {
    if case .array = present, case .int = value { return .array([value]) }
    return value
  }
}

extension SizeChange: CustomStringConvertible {
  public var description: String {
    switch value {
    case .string(let text): "\(key)=\(text)"
    case .array(let items): "\(key)=\(items.map(\.text).joined(separator: ","))"
    default: "\(key)=\(value.text)"
    }
  }
}

/// Why sizes cannot be changed so.
public enum SizeChangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is no such key; these there are.
  case unknown(key: String, known: [String])
  /// The sizes have a value that is none, or that does not go with the others: a sentence.
  case refused(String)

  public var description: String {
    switch self {
    case .unknown(let key, let known): "there is no size '\(key)'; there are \(known.joined(separator: ", "))"
    case .refused(let sentence): sentence
    }
  }
}

extension NetworkSizes {
  /// The same sizes with other values in `config.json`.
  /// - Throws: `SizeChangeError` naming the keys that there are, or what is wrong with a value.
  public func changed(_ changes: [SizeChange]) throws(SizeChangeError) -> any NetworkSizes {
    guard !changes.isEmpty else { return self }
    var members = self.members
    for change in changes {
      let path = change.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      if let problem = change.problem(for: Self.value(path[...], in: members)) { throw .refused(problem) }
      guard Self.set(path[...], change, in: &members) else {
        throw .unknown(key: change.key, known: Self.keys(of: self.members))
      }
    }
    let count = members.count - json.more.count
    let file = JSON.object([.init("sizes", .object(Array(members.prefix(count))))] + members.suffix(json.more.count))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.userInfo[.sizesOf] = architecture
    do {
      return try decoder.decode(ChangedSizes.self, from: Data(file.text.utf8)).sizes
    } catch let error as DecodingError {
      throw .refused(error.sentence)
    } catch {
      throw .refused("\(error)")
    }
  }

  /// The first of these changes that the sizes do not have, because something else decides it; nil: they have all.
  public func firstMissing(of changes: [SizeChange]) -> SizeChange? {
    changes.first { change in
      let path = change.key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      let present = Self.value(path[...], in: members)
      return present != change.value(for: present)
    }
  }

  /// Sizes, and the further keys of the architecture.
  private var members: [JSON.Member] {
    guard case .object(let sizes) = json.sizes else { return json.more }
    return sizes + json.more
  }

  private static func value(_ path: ArraySlice<String>, in members: [JSON.Member]) -> JSON {
    let value = members.first { $0.key == path.first }?.value ?? .null
    guard path.count > 1, case .object(let inner) = value else { return value }
    return Self.value(path.dropFirst(), in: inner)
  }

  /// - Returns: whether there is such a key.
  private static func set(
    _ path: ArraySlice<String>, _ change: SizeChange, in members: inout [JSON.Member]
  ) -> Bool {
    guard let key = path.first, let place = members.firstIndex(where: { $0.key == key }) else { return false }
    guard path.count > 1 else {
      members[place].value = change.value(for: members[place].value)
      return true
    }
    guard case .object(var inner) = members[place].value else { return false }
    let isThere = set(path.dropFirst(), change, in: &inner)
    members[place].value = .object(inner)
    return isThere
  }

  private static func keys(of members: [JSON.Member]) -> [String] {
    members.flatMap { member -> [String] in
      guard case .object(let inner) = member.value else { return [member.key] }
      return keys(of: inner).map { "\(member.key).\($0)" }
    }
  }
}

/// Sizes from the text of a `config.json` that has nothing else.
private struct ChangedSizes: Decodable {
  let sizes: any NetworkSizes

  init(from decoder: any Decoder) throws {
    guard let architecture = decoder.userInfo[.sizesOf] as? any Architecture else {
      preconditionFailure("a decoder that does not know the architecture")
    }
    sizes = try architecture.sizes(from: decoder, isPretraining: false)
  }
}

extension CodingUserInfoKey {
  /// The architecture of changed sizes.
  // Non-nil, because any text makes a key.
  fileprivate static let sizesOf = CodingUserInfoKey(rawValue: "mien.sizes")!
}
