public import Evaluation
internal import Glibc
public import Media
internal import Recognition
public import Signal

/// A clip of a list as files.
public struct EvaluatedClip: EvaluationClip {
  /// A media file or a folder of face images, and a sound file; nil: the list names none.
  public var video, audio: String?
  /// How faces are followed and framed.
  private var options = Recording.Options()

  /// - Parameters:
  ///   - video: a media file or a folder of face images; nil: none.
  ///   - audio: a media file; nil: none.
  ///   - face: whose face to follow in media files; folders hold aligned faces already.
  ///   - tracks: which of several tracks of its files are read.
  ///   - model: the one that answers.
  public init(
    video: String?, audio: String?, face: FaceChoice = .largest, tracks: TrackChoices = TrackChoices(),
    model: ChosenModel
  ) {
    (self.video, self.audio) = (video, audio)
    (options.faces, options.framing, options.tracks) = (face, model.framing, tracks)
  }

  public var hasVideo: Bool { video != nil }

  /// The first of its files that does not exist; nil: all are there. A file that the list names must exist, even where the
  /// other modality alone decides that there is no answer.
  public var missingFile: String? { [video, audio].compactMap { $0 }.first { access($0, F_OK) != 0 } }

  /// All samples of the sound, 16 kHz mono, from −1 to 1; nil without a sound file.
  ///
  /// - Throws: `MediaError`.
  public func samples() throws -> [Float]? {
    try audio.map { try AudioFile.read16k(.path($0), track: options.tracks.audio) }
  }

  /// The faces of the frames that `choose` picks; nil without a video file or without a face.
  ///
  /// - Throws: `MediaError`, or what `choose` throws.
  public func crops(choosing choose: (Int) throws -> [Int]) throws -> [FaceCrop]? {
    guard let video else { return nil }
    return try ClipFaces.read(video, options: options, choose: choose)
  }
}
