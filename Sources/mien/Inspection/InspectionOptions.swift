import ArgumentParser
import Clips
import Lists
import Logging
import MienKit
import Signal
import TrainingRuns

/// What looking inside a model is told alike.
struct InspectionOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "dir"), completion: .directory)
  var output: String
  @Option(help: "Whose face to follow in media files; folders hold aligned faces already.")
  var face = FaceChoice.largest
  @Option(
    help: ArgumentHelp("Threads; results do not depend on it. (default: all processors)", valueName: "count"))
  var threads: Int?
  @OptionGroup var tracks: TrackOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
  }

  var threadCount: Int { threads ?? processors }

  /// Goes through a list's clips: names what cannot be used, shows how far it is, stops when asked.
  ///
  /// - Parameter use: gets each clip's place in the list and its inputs, one for every want.
  /// - Returns: how many clips could not be used.
  /// - Throws: of a clip that was named alone, what is wrong with it; `Failure` if it was stopped; what `use` throws.
  func each(
    _ list: AnnotationList, isAlone: Bool, wants: [ClipInputs.Want], _ log: Logger,
    use: (_ position: Int, _ inputs: [ModelInput]) throws -> Void
  ) throws -> Int {
    var progress = ListProgress(verbosity, of: list.entries.count)
    defer { progress.clear() }
    let inputs = ClipInputs(list, wants: wants, face: face, tracks: tracks.choices, threads: threadCount)
    defer { inputs.cancel() }
    var broken = 0
    for (position, entry) in list.entries.enumerated() {
      if let status = Interruption.status {
        throw Failure(status, "stopped after \(position) of \(list.entries.count) clips")
      }
      guard let outcome = inputs.next() else { break }
      switch outcome {
      case .inputs(let made): try use(position, made)
      case .broken(let error):
        broken += 1
        let failure = Failure(error)
        let line = failure.line ?? "\(error)"
        if isAlone { throw Failure(failure.status, error is ClipProblem ? "\(list.path): \(line)" : line) }
        progress.clear()
        log.error("\(Failure(.badData, "\(list.path):\(entry.line): \(line)").line ?? line)")
      }
      progress.show(position + 1)
    }
    return broken
  }
}
