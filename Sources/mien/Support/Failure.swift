import Actors
import Checkpoint
import Corpus
import HiCMAE
import Layers
import Media
import MienKit
import Outlets
import Recognition
import Runs
import Training

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
    case let error as OutputError:
      switch error {
      case .closedPipe: self.init(.success, nil)
      case .failed: self.init(.cannotWrite, "\(error)")
      }
    case let error as MediaError: self.init(Self.status(error.kind), "\(error)")
    case let error as CheckpointError: self.init(Self.status(error.kind), "\(error)")
    case let error as ModelNotFound: self.init(error)
    case let error as CaptureError: self.init(error)
    case let error as ModelError: self.init(Self.status(error.kind), "\(error)")
    case let error as SessionError: self.init(Self.status(error.kind), "\(error)")
    case let error as OutletError: self.init(Self.status(error.kind), "\(error)")
    case let error as ListenAddress.Malformed: self.init(.usage, "\(error)")
    case let error as RunError: self.init(Self.status(error.kind), "\(error)")
    case let error as ActorsError: self.init(Self.status(error.kind), "\(error)")
    case let error as TrainingDiverged: self.init(.badData, "\(error)")
    case let error as TooManyBroken: self.init(.badData, "\(error)")
    case let error as WeightError: self.init(.badData, "\(error)")
    case let error as AnnotationError: self.init(.badData, "\(error)")
    case let error as ClipProblem: self.init(.badData, "\(error)")
    case let error as RecognitionError:
      if case .crop = error { self.init(.bug, "\(error)") } else { self.init(.badData, "\(error)") }
    default: self.init(.bug, "internal error: \(error)")
    }
  }

  private static func status(_ kind: MediaError.Kind) -> ExitStatus {
    switch kind {
    case .noInput: .noInput
    case .badData, .unsupported: .badData
    case .cannotWrite: .cannotWrite
    case .exists: .exists
    case .noPermission: .noPermission
    case .stopped: Interruption.status ?? .interrupted
    }
  }

  private static func status(_ kind: OutletError.Kind) -> ExitStatus {
    switch kind {
    case .usage: .usage
    case .taken: .exists
    case .forbidden: .noPermission
    case .failed: .unavailable
    }
  }

  private static func status(_ kind: ModelError.Kind) -> ExitStatus {
    switch kind {
    case .usage: .usage
    case .noInput: .noInput
    case .badData: .badData
    case .cannotWrite: .cannotWrite
    case .exists: .exists
    }
  }

  private static func status(_ kind: RunError.Kind) -> ExitStatus {
    switch kind {
    case .usage: .usage
    case .exists: .exists
    case .noInput: .noInput
    case .badData: .badData
    case .cannotWrite: .cannotWrite
    }
  }

  private static func status(_ kind: ActorsError.Kind) -> ExitStatus {
    switch kind {
    case .missing: .unavailable
    case .failed: .bug
    case .exists: .exists
    case .cannotWrite: .cannotWrite
    }
  }

  private static func status(_ kind: SessionError.Kind) -> ExitStatus {
    switch kind {
    case .noInput: .noInput
    case .badData: .badData
    case .cannotWrite: .cannotWrite
    }
  }

  private static func status(_ kind: CheckpointError.Kind) -> ExitStatus {
    switch kind {
    case .noInput: .noInput
    case .badData: .badData
    case .cannotWrite: .cannotWrite
    }
  }
}
