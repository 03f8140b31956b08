import ArgumentParser
import Lists
import Logging
import MienKit
import TrainingRuns

/// How the labels of several lists are read, and how the lists are mixed.
struct ListOptions: ParsableArguments {
  @OptionGroup var labels: DataLabelOptions
  @Option(
    name: .customLong("val-labels"), parsing: .upToNextOption,
    help: ArgumentHelp("The same of --val. (default: --data-labels, where that is one)", valueName: "names"))
  var valLabels: [String] = []
  @Option(
    help: ArgumentHelp(
      "The share of each --data in every batch; a small list is then gone through more than once an epoch. (default: all "
        + "clips are one pool)", valueName: "3:1"))
  var mix: Mix?

  /// `SHARE:SHARE`.
  struct Mix: ExpressibleByArgument {
    var shares: [Int]

    init?(argument: String) {
      let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
      let shares = parts.compactMap { $0 }.filter { (1...1000).contains($0) }
      guard shares.count == parts.count, shares.count > 1 else { return nil }
      self.shares = shares
    }
  }

  func check(_ training: TrainingOptions) throws {
    for (lists, option) in [(training.lists, "data"), (training.val, "val")] {
      if let twice = lists.first(where: { list in lists.count { isSameFile($0, list) } > 1 }) {
        let count = lists.count { isSameFile($0, twice) }
        throw ValidationError("--\(option) was given \(count) times with \(twice); name each list once.")
      }
    }
    if let mix, mix.shares.count != training.lists.count {
      throw ValidationError(
        "--mix has \(mix.shares.count) shares, but --data has \(training.lists.count) list"
          + "\(training.lists.count == 1 ? "" : "s"); give one share for each list.")
    }
    try DataLabelOptions.check(labels.dataLabels, training.lists.count, "data")
    try DataLabelOptions.check(valLabels, training.val.count, "val")
    if training.val.isEmpty && !valLabels.isEmpty { throw ValidationError("--val-labels needs --val.") }
  }

  /// What a run says of its lists; their clips are counted by `RunSettings.readLabels`.
  func data(_ lists: [AnnotationList]) throws -> RunSettings.Lists {
    var found = try sources(lists, labels.dataLabels, "--data-labels")
    if let mix { for place in found.sources.indices { found.sources[place].share = mix.shares[place] } }
    return found
  }

  /// The same of those that it is validated on; nil: none.
  func validation(_ lists: [AnnotationList]) throws -> RunSettings.Lists? {
    if lists.isEmpty { return nil }
    if valLabels.isEmpty && labels.dataLabels.count == 1 {
      return try sources(lists, labels.dataLabels, "--data-labels")
    }
    return try sources(lists, valLabels, "--val-labels")
  }

  private func sources(_ lists: [AnnotationList], _ names: [String], _ option: String) throws -> RunSettings.Lists {
    RunSettings.Lists(
      try lists.enumerated().map { place, list in
        var source = try RunSettings.Source(list)
        source.labels = try DataLabelOptions.names(names, ofList: place, option)
        source.leftOut = labels.leaveOutUnknown ? 0 : nil
        return source
      })
  }

  /// Reads all labels, before hours of training.
  /// - Returns: the clips to train on.
  func read(
    _ lists: [AnnotationList], _ validation: [AnnotationList], for settings: inout RunSettings
  ) throws -> ClipPool {
    try DataLabelOptions.reading { try settings.readLabels(lists, validation: validation) }
  }

  /// Says how many clips of each list are left out.
  func tell(_ lists: RunSettings.Lists, _ log: Logger) {
    for list in lists.sources {
      guard let leftOut = list.leftOut, leftOut > 0, let clips = list.clips else { continue }
      log.notice(
        "\(list.path): \(leftOut) of \(clips + leftOut) clips are left out, because their labels tell nothing that the model learns"
      )
    }
  }
}
