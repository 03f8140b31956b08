import ArgumentParser
import Lists
import MienKit

/// What the class indices of lists stand for, and what becomes of labels that tell nothing.
struct DataLabelOptions: ParsableArguments {
  @Option(
    name: .customLong("data-labels"), parsing: .upToNextOption,
    help: ArgumentHelp(
      "What the class indices of each --data stand for, as for --labels: once for all lists, or once for each in their "
        + "order. (default: the model's classes)", valueName: "names"))
  var dataLabels: [String] = []
  @Flag(help: "Leave clips out whose label tells nothing that the model knows, such as a class that it does not have.")
  var leaveOutUnknown = false

  /// - Throws: `ValidationError` unless there are no names, one, or as many as lists.
  static func check(_ names: [String], _ lists: Int, _ option: String) throws {
    if names.count > 1 && names.count != lists {
      throw ValidationError(
        "--\(option)-labels was given \(names.count) times for \(lists) --\(option); give it once, or once for each.")
    }
  }

  /// The classes of a list; nil: the model's.
  static func names(_ texts: [String], ofList place: Int, _ option: String) throws -> [String]? {
    let text = texts.count == 1 ? texts[0] : texts.dropFirst(place).first
    return try text.map { try outputNames($0, option: option) }
  }

  /// Runs what reads labels; a label that tells nothing gets the remedy.
  static func reading<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as AnnotationError where error.tellsNothing {
      throw Failure(
        .badData, "\(error); mend it, say more with --data-labels, or leave such clips out: --leave-out-unknown")
    }
  }
}
