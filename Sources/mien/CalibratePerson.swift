import ArgumentParser
import Files
import Foundation
import Logging
import MienKit
import Models
import Networks
import Recognition
import Signal

/// `mien calibrate person`: what a model answers for one person who is neutral.
struct CalibratePerson: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "person", abstract: "Learn how a model sees and hears one person who is neutral.",
    discussion: """
      EXAMPLES:
        mien calibrate person
        mien live --baseline calibration/people/me.json
        mien calibrate person recordings/monday --name anna
        mien calibrate person quiet.mp4 --seconds 20 -o anna.json

      Look into the camera without an expression, and read something aloud in your usual voice. Only one person may be in \
      the picture. What the model answers then is taken off later answers with --baseline FILE: a face or a voice at rest \
      is then read as neutral. The file belongs to the model. It is kept as people/NAME.json in the folder calibration of \
      the package that mien was built in, else in ~/.local/share/mien/calibration. What the camera and the microphone \
      gave is deleted.
      """)

  @Argument(help: "A media file or a recorded session of the person, instead of camera and microphone.")
  var input: String?
  @Option(
    help: ArgumentHelp(
      "Model folder that mien model import made, or a run of mien finetune.",
      discussion: "Default: \(ModelLookup.order).", valueName: "dir"))
  var model: String?
  @Option(help: "What the person is called in the file's name.") var name = "me"
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to this file. (default: people/NAME.json, see above)", valueName: "file"))
  var output: String?
  @Option(
    help: ArgumentHelp("How long to look and listen. (default: 30; of a recording, all of it)", valueName: "seconds"))
  var seconds: Double?
  @Option(help: ArgumentHelp("Camera: auto, none, or a name or path of mien devices.", valueName: "camera"))
  var video = "auto"
  @Option(help: ArgumentHelp("Microphone: auto, none, or a name of mien devices.", valueName: "microphone"))
  var audio = "auto"
  @Option(help: ArgumentHelp("Threads; results do not depend on it. (default: all processors)", valueName: "count"))
  var threads: Int?
  @OptionGroup var tracks: TrackOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if let seconds, !(NeutralMaterial.least...3600).contains(seconds) {
      throw ValidationError("--seconds must be from \(NeutralMaterial.least) to 3600, not \(seconds).")
    }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads must be from 1 to 256, not \(threads).")
    }
    if name.isEmpty || name.hasPrefix(".") || name.contains("/") {
      throw ValidationError("--name must be a plain name, not '\(name)'.")
    }
    if video == "none" && audio == "none" {
      throw ValidationError("--video none and --audio none leave nothing to look at.")
    }
    if input != nil && (video != "auto" || audio != "auto") {
      throw ValidationError("--video and --audio choose devices; a recording has its own tracks.")
    }
    if let input, input.isEmpty || input == "-" { throw ValidationError("INPUT must be a file or a session folder.") }
    if let output, let input, output.isEmpty || isSameFile(output, input) {
      throw ValidationError("-o \(output) would overwrite \(input).")
    }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    let chosen = try ModelRequest(model: model).choose { log.say($0) }
    guard let sha256 = chosen.summary.sha256 else {
      throw Failure(.usage, "\(chosen.config.id): its weights are in no file, so nothing can be kept for them")
    }
    guard let path = output ?? CalibrationLookup.system.folders.first.map({ "\($0)/people/\(name).json" }) else {
      throw Failure(.usage, "no folder for the file: set $HOME, or give -o FILE")
    }
    let scratch = FileManager.default.temporaryDirectory.path + "/mien-person-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    guard let recording = try input ?? record(into: scratch, log) else { return }
    var request = RecordingRequest(recording)
    if input != nil { request.tracks = tracks.choices }
    let found = try PersonCalibration(
      request, model: chosen, seconds: input == nil ? nil : seconds, threads: threads,
      stop: { Interruption.reason != nil })
    if input != nil, let status = Interruption.status { throw Failure(status, "stopped; nothing was written") }
    try refuse(found)
    let material = found.material
    try PersonFile(path).write(
      material.baseline, model: chosen.summary.id, sha256: sha256, labels: chosen.summary.labels,
      source: input ?? "live")
    log.notice("\(words(material)) in \(path); use it with --baseline \(path)")
    let report: JSON = [
      "model": ["id": .string(chosen.summary.id), "sha256": .string(sha256)], "file": .string(path),
      "face_s": .double(material.faceSeconds.rounded(places: 2)),
      "voice_s": .double(material.voiceSeconds.rounded(places: 2)), "heads": material.baseline.json,
    ]
    try Output().write(report.text + "\n")
  }

  /// - Returns: the session folder; nil: it was stopped before it began.
  private func record(into folder: String, _ log: Logger) throws -> String? {
    var capture = CaptureRequest()
    (capture.video, capture.audio) = (video, audio)
    let duration = seconds ?? 30
    log.notice("look into the camera without an expression, and read aloud for \(duration.rounded(places: 1)) s")
    let recording = PlainRecording(capture: capture, folder: folder, duration: duration, title: "neutral")
    return try recording.run(verbosity, log).map { _ in folder }
  }

  /// - Throws: `Failure` where there is too little, saying how much there is.
  private func refuse(_ found: PersonCalibration) throws {
    let lacking = found.material.lacking(found.tracks)
    guard !lacking.isEmpty || found.material.baseline.parts.isEmpty else { return }
    throw Failure(
      .badData,
      "too little to go on: \(words(found.material)), where at least \(NeutralMaterial.least) s of each are needed; nothing was "
        + "written")
  }

  private func words(_ material: NeutralMaterial) -> String {
    "\(material.faceSeconds.rounded(places: 1)) s of a face and \(material.voiceSeconds.rounded(places: 1)) s of a voice"
  }
}
