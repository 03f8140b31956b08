public import Lists
public import Media
public import Networks
public import Signal

/// Why a clip that can be read cannot be used.
public enum ClipProblem: Error, Hashable, Sendable, CustomStringConvertible {
  case noPicture, noSound, noFace, tooLittleSound, silent

  public var description: String {
    switch self {
    case .noPicture: "the list gives it no picture, which is needed"
    case .noSound: "the list gives it no sound, which is needed"
    case .noFace: "no face in any of the frames that were looked at"
    case .tooLittleSound:
      "too little sound, or too few pictures beside it (1024 samples or fewer where it is looked at)"
    case .silent: "silent: no sample reaches -60 dBFS"
    }
  }
}

/// The files of one clip of a list, and the views of it.
public struct ListedClip: Sendable {
  /// What can be opened; nil: the list has `-`.
  public var video, audio: MediaSource?

  /// - Throws: `MediaError` if the source does not have them.
  public init(
    _ entry: AnnotationList.Entry, in list: AnnotationList, from source: any ClipSource = ClipFiles()
  ) throws {
    video = try entry.video.map { try source.media($0, of: list) }
    audio = try entry.audio.map { try source.media($0, of: list) }
  }

  /// 16 faces and a stretch of 16 kHz sound; nil for a modality that is not asked for.
  public struct View: Sendable {
    public var faces: [FaceCrop]?
    public var samples: [Float]?
  }

  /// Reads what is chosen.
  /// - Parameters:
  ///   - modalities: what is read.
  ///   - options: how faces are found and framed.
  ///   - refusesSilence: whether sound that is silent is a problem.
  ///   - choose: is told how many frames there are, and samples (nil where no sound is asked for); a clip without a
  ///     picture, or whose picture is not asked for, has a frame every 40 ms. nil: too little sound.
  /// - Throws: `MediaError` for a file that is missing or broken, `ClipProblem` for a clip that lacks something.
  public func views(
    _ modalities: Modalities, options: Recording.Options, refusesSilence: Bool = false,
    choose: (_ frames: Int, _ samples: Int?) throws -> [EvaluationSampling.View]?
  ) throws -> [View] {
    if modalities.hasVideo, video == nil { throw ClipProblem.noPicture }
    if modalities.hasAudio, audio == nil { throw ClipProblem.noSound }
    let samples = modalities.hasAudio ? try audio.map { try AudioFile.read16k($0, track: options.tracks.audio) } : nil
    if refusesSilence, let samples, Silence.isSilent(samples) { throw ClipProblem.silent }
    var views: [EvaluationSampling.View] = []
    func chosen(_ frames: Int) throws {
      guard let found = try choose(frames, samples?.count) else { throw ClipProblem.tooLittleSound }
      views = found
    }
    var faces: [FaceCrop]?
    if modalities.hasVideo, let video {
      faces = try ClipFaces.read(video, options: options) { frames in
        try chosen(frames)
        return views.flatMap(\.frames)
      }
      if faces == nil { throw ClipProblem.noFace }
    } else {
      try chosen(TrainingSampling.frames(ofSoundAlone: samples?.count ?? 0))
    }
    let window = EvaluationSampling.window
    return views.enumerated().map { i, view in
      View(
        faces: faces.map { Array($0[i * window..<(i + 1) * window]) }, samples: samples.map { Array($0[view.samples]) })
    }
  }
}
