public import Clips
public import Lists
public import Media
public import Models
public import Networks
public import Signal
internal import Threading

/// A list's clips as inputs of some models, one view each and nothing at random; made ahead on threads of their own, and
/// given in the list's order.
public final class ClipInputs {
  /// How one model wants them.
  public struct Want: Hashable, Sendable {
    public var modalities: Modalities
    public var preprocessing: Preprocessing

    public init(modalities: Modalities, preprocessing: Preprocessing) {
      (self.modalities, self.preprocessing) = (modalities, preprocessing)
    }
  }

  /// A clip's inputs, or why it has none.
  public enum Outcome: Sendable {
    /// One for every want.
    case inputs([ModelInput])
    /// The clip cannot be used: `MediaError` or `ClipProblem`.
    case broken(any Error)
  }

  private let work: OrderedWork<Outcome>

  /// - Parameters:
  ///   - list: the clips.
  ///   - wants: what the inputs are for, one for each model.
  ///   - source: where the list's files are.
  ///   - face: whose face to follow in media files.
  ///   - tracks: which of several tracks of media files are read.
  ///   - threads: that read clips.
  public init(
    _ list: AnnotationList, wants: [Want], source: any ClipSource = ClipFiles(), face: FaceChoice,
    tracks: TrackChoices = TrackChoices(), threads: Int
  ) {
    work = OrderedWork("clips", items: 0..<list.entries.count, threads: threads, ahead: 4) {
      let makers = wants.map { want in
        var recipe = Recipe(sampling: .finetuning)
        (recipe.modalities, recipe.normalisation) = (want.modalities, want.preprocessing.normalisation)
        var options = Recording.Options()
        (options.faces, options.framing, options.tracks) = (face, want.preprocessing.faceFraming, tracks)
        let sampling = EvaluationSampling(rate: want.preprocessing.video.samplingRate, views: 1)
        let maker = ClipMaker(list: list, recipe: recipe, seed: 0, source: source, options: options)
        return (maker: maker, sampling: sampling)
      }
      return { position, _ in
        do {
          return .inputs(try makers.map { try $0.maker.views(position: position, sampling: $0.sampling)[0] })
        } catch { return .broken(error) }
      }
    }
  }

  /// The next clip's; nil after the last one.
  public func next() -> Outcome? { work.next() }

  /// Ends the threads. What is made by then is lost.
  public func cancel() { work.cancel() }
}
