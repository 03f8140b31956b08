public import Architectures
internal import Files
internal import Foundation
internal import Models
public import Networks

// config.json of a run: its text, and in what two of them differ.

extension RunSettings {
  /// The text of `config.json`; equal settings give equal text.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n" } catch {
      preconditionFailure("a setting is a number that JSON has not: \(error)")
    }
  }

  /// - Parameters:
  ///   - path: of `config.json`.
  ///   - known: the architectures that the run may train.
  /// - Throws: `FileError` naming the file.
  public init(file path: String, among known: [any Architecture] = architectures) throws {
    let decoder = JSONDecoder()
    decoder.userInfo[.architectures] = known
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(RunSettings.self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch is DecodingError {
      throw FileError(.badData, path: path, problem: "is not a run's config.json of this version")
    } catch { throw FileError(.noInput, path: path, problem: "cannot be read") }
    guard schema.hasPrefix("mien.run/1.") else {
      throw FileError(.badData, path: path, problem: "is '\(schema)', but this version reads \(RunRecord.schema)")
    }
  }

  /// What differs from the settings of before, as `optimisation.batch: was 4, is 8`; empty: nothing that counts.
  public func differences(from before: RunSettings) -> [String] {
    // What else differs between the two tasks would only hide that they do.
    if task != before.task { return ["task: was \(before.task.rawValue), is \(task.rawValue)"] }
    let files: [(name: String, was: Lists?, now: Lists?)] = [
      ("data", before.data, data), ("validation", before.validation, validation),
      ("from", before.from.map { Lists([$0]) }, from.map { Lists([$0]) }),
      ("joined", before.joined.map { Lists([$0]) }, joined.map { Lists([$0]) }),
    ]
    let contents = files.flatMap { name, was, now in
      now?.differences(from: was, name) ?? was.map { ["\(name): was \($0.path), is none"] } ?? []
    }
    let (was, now) = (before.flat, flat)
    let keys = Set(was.keys).union(now.keys).filter { key in
      !files.contains { key == $0.name || key.hasPrefix("\($0.name).") }
    }
    return contents
      + keys.sorted().compactMap { key in
        guard was[key] != now[key] else { return nil }
        let absent = key == "optimisation.precision" ? "f32" : "none"
        return "\(key): was \(was[key] ?? absent), is \(now[key] ?? absent)"
      }
  }

  /// Every value's text by its dotted key.
  private var flat: [String: String] {
    let tree = (try? JSONDecoder().decode(Tree.self, from: Data(json.utf8))) ?? .leaf("")
    var result: [String: String] = [:]
    func walk(_ tree: Tree, _ path: String) {
      switch tree {
      case .leaf(let text): result[path] = text
      case .list(let items): result[path] = "[\(items.map(\.text).joined(separator: ", "))]"
      case .object(let members):
        for (key, value) in members { walk(value, path.isEmpty ? key : path + "." + key) }
      }
    }
    walk(tree, "")
    return result
  }

  /// Any JSON, for looking at it.
  private enum Tree: Decodable {
    case leaf(String)
    case list([Tree])
    case object([String: Tree])

    init(from decoder: any Decoder) throws {
      if let members = try? [String: Tree](from: decoder) {
        self = .object(members)
      } else if let items = try? [Tree](from: decoder) {
        self = .list(items)
      } else {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
          self = .leaf(text)
        } else if let flag = try? value.decode(Bool.self) {
          self = .leaf("\(flag)")
        } else if let whole = try? value.decode(UInt64.self) {
          // A seed has more digits than a Double.
          self = .leaf("\(whole)")
        } else {
          self = .leaf((try? value.decode(Double.self)).map { "\($0)" } ?? "null")
        }
      }
    }

    var text: String {
      switch self {
      case .leaf(let text): text
      case .list(let items): "[\(items.map(\.text).joined(separator: ", "))]"
      case .object(let members): members.keys.sorted().joined(separator: ", ")
      }
    }
  }
}
