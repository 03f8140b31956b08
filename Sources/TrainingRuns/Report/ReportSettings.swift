internal import Files
internal import Foundation

/// The settings of a run's `config.json` as text, for people to read.
public struct ReportSettings: Hashable, Sendable {
  /// One setting.
  public struct Setting: Hashable, Sendable {
    /// Names within names have a dot between them.
    public var name: String
    public var value: String

    public init(name: String, value: String) { (self.name, self.value) = (name, value) }
  }

  /// By name.
  public var all: [Setting]

  public init(_ all: [Setting]) { self.all = all }

  /// - Parameters:
  ///   - bytes: of `config.json`.
  ///   - path: names the file in errors.
  /// - Throws: `FileError` of kind `badData` if it is no config of a run.
  public init(config bytes: some Sequence<UInt8>, path: String) throws {
    let problem = FileError(
      .badData, path: path, problem: "is no \(RunRecord.schema)", remedy: "name a folder that training made")
    guard case .object(var config)? = try? JSONDecoder().decode(Value.self, from: Data(bytes)),
      case .text(RunRecord.schema)? = config.removeValue(forKey: "schema")
    else { throw problem }
    config["task"] = nil
    // The settings stand beside the schema, or in an object of their own.
    if case .object(let settings)? = config["settings"] { config = settings }
    all = Self.flat(.object(config), name: "").sorted { $0.name < $1.name }
  }

  /// What any of these names has: the first that there is.
  public subscript(_ names: String...) -> String? {
    names.lazy.compactMap { name in all.first { $0.name == name }?.value }.first
  }

  private static func flat(_ value: Value, name: String) -> [Setting] {
    // Objects of an array are numbered, such as the lists of a run.
    if case .list(let items) = value, items.contains(where: { if case .object = $0 { true } else { false } }) {
      return items.enumerated().flatMap { flat($1, name: "\(name).\($0 + 1)") }
    }
    guard case .object(let members) = value else { return [Setting(name: name, value: value.text)] }
    return members.flatMap { flat($0.value, name: name.isEmpty ? $0.key : "\(name).\($0.key)") }
  }

  private enum Value: Decodable {
    case nothing
    case yes(Bool)
    case text(String)
    case number(Double)
    case list([Value])
    case object([String: Value])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .nothing
      } else if let value = try? container.decode(Bool.self) {
        self = .yes(value)
      } else if let value = try? container.decode(UInt64.self) {
        // A seed has more digits than a Double.
        self = .text("\(value)")
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode([Value].self) {
        self = .list(value)
      } else {
        self = .object(try container.decode([String: Value].self))
      }
    }

    var text: String {
      switch self {
      case .nothing: "–"
      case .yes(let value): value ? "yes" : "no"
      case .text(let value): value
      case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
      case .list(let values): values.map(\.text).joined(separator: ", ")
      case .object(let members):
        members.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ")
      }
    }
  }
}
