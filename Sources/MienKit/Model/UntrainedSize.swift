internal import Architectures
package import Networks

/// Sizes that can be had without a checkpoint: the presets of all architectures, such as nano, tiny, small and base.
public struct UntrainedSize: RawRepresentable, CaseIterable, Hashable, Sendable {
  public let rawValue: String

  /// Those of each architecture, the smallest first.
  public static let allCases = architectures.flatMap { $0.presets }.map { UntrainedSize(preset: $0) }

  public static let nano = UntrainedSize(preset: "nano")
  public static let tiny = UntrainedSize(preset: "tiny")
  public static let small = UntrainedSize(preset: "small")
  public static let base = UntrainedSize(preset: "base")

  private init(preset: String) { rawValue = preset }

  /// - Returns: nil where no architecture has a size of this name.
  public init?(rawValue: String) {
    guard let known = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = known
  }

  /// - Parameter outputs: of the head; 0: there is none.
  package func sizes(outputs: Int) -> any NetworkSizes {
    guard let sizes = sizes(outputs: outputs, width: nil, depth: nil, fusionDepth: nil) else {
      preconditionFailure("no architecture has the size \(rawValue)")
    }
    return sizes
  }

  /// - Parameters:
  ///   - outputs: of the head; 0: there is none.
  ///   - width, depth, fusionDepth: where they differ from this size's.
  /// - Returns: nil where the architecture has no such sizes.
  package func sizes(outputs: Int, width: Int?, depth: Int?, fusionDepth: Int?) -> (any NetworkSizes)? {
    architectures.sizes(
      for: SizeRequest(preset: rawValue, outputs: outputs, width: width, depth: depth, fusionDepth: fusionDepth))
  }
}
