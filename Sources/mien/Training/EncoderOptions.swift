import ArgumentParser
import Networks
import TrainingRuns

/// Encoders of another architecture that a network is built on.
struct EncoderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Build --size on the encoders of this model folder, run or checkpoint.", valueName: "path"))
  var encoders: String?
  @Flag(help: "Leave the weights of --encoders as they are.") var frozenEncoders = false
  @Option(
    help: ArgumentHelp(
      "Layers of --encoders that are read, side by side, such as 4,7,10. (default: the last one)", valueName: "layers"))
  var encoderLayers: String?

  private var layers: [Int]? {
    let parts = encoderLayers?.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    return parts?.contains(nil) == true ? nil : parts?.compactMap { $0 }
  }

  func validate() throws {
    if encoders == nil, frozenEncoders || encoderLayers != nil {
      throw ValidationError("--frozen-encoders and --encoder-layers go with --encoders.")
    }
    if encoderLayers != nil, layers == nil {
      throw ValidationError("--encoder-layers must be whole numbers with commas between them.")
    }
  }

  /// What `--encoders` names.
  func start() throws -> StartingPoint? { try encoders.map { try StartingPoint($0) } }

  /// Sizes on those encoders.
  /// - Parameters:
  ///   - sizes: as `--size` has them.
  ///   - size: what they are called.
  ///   - start: what `--encoders` names; nil: nothing.
  /// - Throws: `Failure` saying what does not go together.
  func on(_ start: StartingPoint?, _ sizes: any NetworkSizes, size: String) throws -> any NetworkSizes {
    guard let start else { return sizes }
    guard let sizes = sizes as? any SizesOnEncoders else {
      throw Failure(
        .usage,
        "--encoders: \(size) is a \(sizes.architecture.title), which has encoders of its own; give --from instead, or another --size"
      )
    }
    do { return try sizes.on(start.sizes, layers: layers, isFrozen: frozenEncoders) } catch {
      throw Failure(.usage, "\(encoderLayers == nil ? "--encoders \(encoders ?? "")" : "--encoder-layers"): \(error)")
    }
  }
}
