public import ArgumentParser
import Clips
import Logging
import MienKit
import SyntheticActors

extension ClipForm: ExpressibleByArgument {}

/// `mien data actors`: a corpus of drawn faces and synthetic voices, for trying everything out without anybody's data.
struct DataActors: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "actors", abstract: "Make clips of synthetic actors: drawn faces, espeak-ng's voice.",
    discussion: """
      EXAMPLES:
        mien data actors -o actors --clips 2000
        mien data actors -o movies --clips 100 --form video
        mien data actors --ceiling

      Six emotions that neither face nor voice alone tells well, at three intensities, by 500 actors, no one of whom is \
      in two of the lists train.csv, val.csv and test.csv. The same seed gives the same clips, however many are made: a \
      run that was stopped can simply be started again, and one with more --clips adds to a set. Needs the program \
      espeak-ng.
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write.", valueName: "dir"), completion: .directory)
  var output: String?
  @Option(help: "How many clips.") var clips = 600
  @Option(help: "What all clips follow from.") var seed: UInt64 = 1
  @Option(help: "frames: folders of aligned faces, and FLAC; video: Matroska movies.") var form = ClipForm.frames
  @Flag(help: "Print what the best possible classifiers of voice, face and both get right, and write nothing.")
  var ceiling = false
  @Option(help: ArgumentHelp("Threads; clips do not depend on it. (default: all processors)", valueName: "count"))
  var threads: Int?
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if ceiling != (output == nil) { throw ValidationError("Either -o DIR or --ceiling is needed.") }
    if !(1...1_000_000).contains(clips) {
      throw ValidationError("--clips must be from 1 to 1000000, not \(clips).")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    guard let output else { return try printCeiling() }
    try Speech.check()
    try needFolders(above: output)
    let set = try ActorSet(folder: output, seed: seed, form: form, clips: clips)
    var progress = ListProgress(verbosity, of: clips)
    defer { progress.clear() }
    let work = OrderedWork("actors", items: 0..<clips, threads: threads ?? processors, ahead: 64) {
      { clip, isCancelled in
        Result { try set.make(clip) { isCancelled() || Interruption.status != nil } }
      }
    }
    defer { work.cancel() }
    for done in 0..<clips {
      let isThere = try work.next()?.get() ?? false
      if !isThere {
        throw Failure(
          Interruption.status ?? .interrupted,
          "stopped after \(done) of \(clips) clips; the same command goes on from there")
      }
      progress.show(done + 1)
    }
    try set.finish()
    progress.clear()
    log.notice("\(output): \(clips) clips")
  }

  private func printCeiling() throws {
    let draws = 200_000
    let ceiling = SignalModel.ceiling(draws: draws, seed: seed)
    func percent(_ rate: Double) -> String {
      let tenths = Int((rate * 1000).rounded())
      return "\(tenths / 10).\(tenths % 10) %"
    }
    try Output().write(
      """
      voice  \(percent(ceiling.voice))
      face   \(percent(ceiling.face))
      both   \(percent(ceiling.both))

      """)
  }
}
