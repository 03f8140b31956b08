import Evaluation
import Lists
import Logging
import Media
import MienKit
import Recognition
import Signal

/// A model that answers the clips of a list, be they pictures and sound or files of features.
struct ClipJudge {
  private enum Way {
    case media(Evaluator)
    case features(FeatureEvaluator)
  }

  private let way: Way
  private let fold: EvaluationFold
  private let face: FaceChoice
  private let tracks: TrackChoices

  /// - Throws: what is wrong with the weights.
  init(
    _ fold: EvaluationFold, _ engine: EngineOptions, sampling: EvaluationSampling,
    conditions: EvaluationConditions = EvaluationConditions(), face: FaceChoice,
    tracks: TrackChoices, _ log: Logger
  )
    throws
  {
    (self.fold, self.face, self.tracks) = (fold, face, tracks)
    if fold.chosen.readsFeatures {
      engine.introduce(fold.chosen, log)
      way = .features(try fold.chosen.featureEvaluator(conditions: conditions, threads: engine.threads))
    } else {
      way = .media(
        Evaluator(recognizer: try engine.recognizer(fold.chosen, log), sampling: sampling, conditions: conditions))
    }
  }

  /// - Parameters:
  ///   - entry: the clip.
  ///   - number: its place in the list.
  /// - Throws: `Failure` for a file that is not there, or what reading the clip or the model throws.
  func predict(_ entry: AnnotationList.Entry, number: Int = 0) throws -> ClipPrediction {
    let clip = EvaluatedClip(
      video: entry.video.map(fold.list.resolve), audio: entry.audio.map(fold.list.resolve), face: face,
      tracks: tracks, model: fold.chosen)
    try checkFiles(of: clip)
    switch way {
    case .media(let evaluator): return try evaluator.predict(clip, number: number)
    case .features(let evaluator): return try evaluator.predict(video: clip.video, audio: clip.audio, number: number)
    }
  }
}
