import Clips
import Files
import Layers
import Lists
import Media
import MienKit
import Outlets
import Recognition
import SyntheticActors
import Training
import TrainingRuns

/// An end with one line on stderr and a status: every error of every room becomes one of these, here and nowhere else.
struct Failure: Error, Equatable {
  var status: ExitStatus
  /// Names the file and, where there is one, the remedy; nil: end without a word.
  var line: String?

  init(_ status: ExitStatus, _ line: String?) {
    self.status = status
    // A file's name may hold anything; the message stays one line.
    self.line = line.map(oneLine)
  }

  /// What any room threw.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case OutputError.closedPipe: self.init(.success, nil)
    case let error as any KnownFailure: self.init(Self.status(error.kind), "\(error)")
    case let error as ModelNotFound: self.init(error)
    case let error as CaptureError: self.init(error)
    case is ListenAddress.Malformed, is EconomyError: self.init(.usage, "\(error)")
    case is TrainingDiverged, is TooManyBroken, is WeightError, is AnnotationError, is ClipProblem:
      self.init(.badData, "\(error)")
    case RecognitionError.crop: self.init(.bug, "\(error)")
    case is RecognitionError: self.init(.badData, "\(error)")
    case OutputError.failed: self.init(.cannotWrite, "\(error)")
    default: self.init(.bug, "internal error: \(error)")
    }
  }

  private static func status(_ kind: FailureKind) -> ExitStatus {
    switch kind {
    case .usage: .usage
    case .noInput: .noInput
    case .badData, .unsupported: .badData
    case .unavailable: .unavailable
    case .cannotWrite: .cannotWrite
    case .exists: .exists
    case .noPermission: .noPermission
    case .stopped: Interruption.status ?? .interrupted
    case .bug: .bug
    }
  }
}
