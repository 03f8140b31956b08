/// Weights that do not make the model that was asked for. One line; whoever knows the file puts its name in front.
public enum WeightError: Error, Equatable, CustomStringConvertible {
  /// A tensor whose shape is another than the model's.
  public struct Mismatch: Equatable, Sendable {
    public let name: String
    public let expected, found: [Int]

    public init(name: String, expected: [Int], found: [Int]) {
      (self.name, self.expected, self.found) = (name, expected, found)
    }
  }

  /// Names that the model reads and the store lacks, shapes that differ, names that the model does not know.
  case unfit(missing: [String], misshapen: [Mismatch], unused: [String])
  /// A NaN or an infinite value.
  case notFinite(name: String, index: Int, value: Float)
  /// Names and shapes from which no sizes of a model follow: what the model is called, and why.
  case notThisModel(_ model: String, String)

  public var description: String {
    switch self {
    case .unfit(let missing, let misshapen, let unused):
      var parts: [String] = []
      if !missing.isEmpty { parts.append("missing \(Self.list(missing))") }
      if !misshapen.isEmpty {
        let shapes = misshapen.map { "\($0.name) is \($0.found), expected \($0.expected)" }
        parts.append("wrong shape: \(Self.list(shapes, counted: misshapen.count > 1))")
      }
      if !unused.isEmpty { parts.append("unknown to the model \(Self.list(unused))") }
      return "the weights do not fit the model: " + parts.joined(separator: "; ")
    case .notFinite(let name, let index, let value):
      return "the weights are damaged: \(name) has \(value) at index \(index)"
    case .notThisModel(let model, let reason):
      return "not the weights of a \(model): \(reason)"
    }
  }

  /// The first few, and how many in all.
  private static func list(_ items: [String], counted: Bool = true) -> String {
    let shown = items.prefix(4).joined(separator: ", ") + (items.count > 4 ? ", …" : "")
    return counted ? "\(items.count) (\(shown))" : shown
  }
}
