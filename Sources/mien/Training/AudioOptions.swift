import ArgumentParser
import Training
import TrainingRuns

/// What happens to the sound at random; published is loudness alone.
struct AudioOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Random loudness. \(RecipeWords.defaults { $0.changesClips ? "--loudness" : "--no-loudness" })"))
  var loudness: Bool?
  @Option(help: "Random speed, pitch and all, such as 0.9,1.1.") var speed = Span(1, 1)
  @Option(help: "Random share of the sound that is kept, such as 0.6,1.") var keeps = Span(1, 1)
  @Option(help: "Random equaliser: gains of at most so many decibels either way.") var equalizer = 0.0
  @Flag(help: "Sound shorter than the window begins at a random row of it.") var shift = false
  @Option(help: "Hidden stretches of time, count×most rows, such as 2x40.") var timeMasks = Count(0, 0)
  @Option(help: "Hidden mel bands, count×most bins, such as 2x24.") var melMasks = Count(0, 0)

  /// `LOW,HIGH`.
  struct Span: ExpressibleByArgument {
    var low, high: Double

    init(_ low: Double, _ high: Double) { (self.low, self.high) = (low, high) }

    init?(argument: String) {
      let parts = argument.split(separator: ",", omittingEmptySubsequences: false).compactMap { Double($0) }
      guard parts.count == 2, parts[0] <= parts[1], parts[0] > 0, parts[1] < 100 else { return nil }
      (low, high) = (parts[0], parts[1])
    }

    var defaultValueDescription: String { "\(low),\(high)" }
  }

  /// `COUNTxWIDTH`.
  struct Count: ExpressibleByArgument {
    var count, width: Int

    init(_ count: Int, _ width: Int) { (self.count, self.width) = (count, width) }

    init?(argument: String) {
      let parts = argument.split(omittingEmptySubsequences: false) { $0 == "x" || $0 == "×" }.compactMap { Int($0) }
      guard parts.count == 2, parts.allSatisfy({ (0...1000).contains($0) }) else { return nil }
      (count, width) = (parts[0], parts[1])
    }

    var defaultValueDescription: String { "\(count)x\(width)" }
  }

  func validate() throws {
    if keeps.high > 1 { throw ValidationError("--keeps are shares: at most 1.") }
    if !(0...40 ~= equalizer) { throw ValidationError("--equalizer is 0 to 40 decibels.") }
  }

  /// Names of those that are off unless asked for, and were.
  var switchedOn: [String] {
    let all = [
      ("speed", speed.low != 1 || speed.high != 1), ("keeps", keeps.low != 1), ("equalizer", equalizer > 0),
      ("shift", shift), ("time-masks", timeMasks.count * timeMasks.width > 0),
      ("mel-masks", melMasks.count * melMasks.width > 0),
    ]
    return all.filter(\.1).map(\.0)
  }

  func put(into settings: inout AugmentationSettings) {
    settings.loudness = loudness ?? settings.loudness
    (settings.speed, settings.keeps) = ([speed.low, speed.high], [keeps.low, keeps.high])
    (settings.equalizer, settings.shift) = (equalizer, shift)
    settings.timeMasks = [timeMasks.count, timeMasks.width]
    settings.melMasks = [melMasks.count, melMasks.width]
  }
}
