public import ArgumentParser
public import Media

extension TrackChoice: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// Which of several tracks of media files are read.
struct TrackOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of several tracks of sound: its number from 1, language or title. (default: the file's default track)",
      valueName: "track"))
  var audioTrack: TrackChoice?
  @Option(
    help: ArgumentHelp(
      "Of several tracks of picture: likewise. (default: the file's default track)", valueName: "track"))
  var videoTrack: TrackChoice?

  var choices: TrackChoices { TrackChoices(video: videoTrack, audio: audioTrack) }
}
