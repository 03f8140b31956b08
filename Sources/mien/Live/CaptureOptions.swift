import ArgumentParser
import MienKit

/// Which camera and which microphone, and how long.
struct CaptureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Camera: auto, none, or a name or path of mien devices. A media file plays as one.", valueName: "camera"))
  var video = "auto"
  @Option(
    help: ArgumentHelp(
      "Microphone: auto, none, or a name of mien devices. A sound file plays as one.", valueName: "microphone"))
  var audio = "auto"
  @Option(help: ArgumentHelp("Picture size to ask the camera for.", valueName: "width×height")) var size =
    PictureSize(width: 640, height: 480)
  @Option(help: ArgumentHelp("Frames a second to ask the camera for.", valueName: "rate")) var fps = 30.0
  @Flag(help: "Give up with status 69 if a device is missing at the start, instead of waiting for it.")
  var noWait = false
  @Flag(help: "A file that plays a device begins again at its end.") var loop = false
  @OptionGroup var tracks: TrackOptions
  @Option(help: ArgumentHelp("Stop by itself after so many seconds.", valueName: "seconds")) var duration: Double?

  func validate() throws {
    if video == "none" && audio == "none" {
      throw ValidationError("--video none and --audio none leave nothing to record.")
    }
    guard fps.isFinite, (1...1000).contains(fps) else {
      throw ValidationError("--fps must be from 1 to 1000, not \(fps).")
    }
    // A hundred years; nanoseconds must fit 64 bits.
    if let duration, !(duration > 0 && duration <= 3.2e9) {
      throw ValidationError("--duration must be positive and at most 3.2e9 seconds, not \(duration).")
    }
  }

  /// What is asked for.
  var request: CaptureRequest {
    var request = CaptureRequest()
    (request.video, request.audio, request.framesPerSecond) = (video, audio, fps)
    (request.width, request.height) = (size.width, size.height)
    (request.isStrict, request.loops, request.tracks) = (noWait, loop, tracks.choices)
    return request
  }
}

/// `640x480`.
struct PictureSize: ExpressibleByArgument, Equatable, CustomStringConvertible {
  var width, height: Int

  init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

  init?(argument: String) {
    let parts = argument.lowercased().split(omittingEmptySubsequences: false, whereSeparator: { "x×".contains($0) })
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]), (16...16_384).contains(width),
      (16...16_384).contains(height)
    else { return nil }
    self.init(width: width, height: height)
  }

  var description: String { "\(width)x\(height)" }
}
