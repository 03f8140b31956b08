public import ArgumentParser
import Foundation
import Glibc
import Logging
import Media
import Recognition
import Sessions
import Signal
public import SyntheticActors
import Threading

extension Script.Part: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// `mien data play`: a synthetic actor plays emotions one after the other; what comes out is a recorded session.
struct DataPlay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Let a synthetic actor play emotions, into a session folder with its truth.",
    discussion: """
      EXAMPLES:
        mien data play neutral:4 happiness:5 happiness:3:silent anger:5:high anger:3:hidden -o recordings/eve
        mien replay recordings/eve --truth recordings/eve/truth.tsv --format text

      A part is EMOTION:SECONDS, with any of :low, :high, :silent (nothing is said) and :hidden (a sheet of paper is \
      before the face). The folder is one that mien record could have written (recordings/README.md), with truth.tsv: \
      start, end, emotion. The same command gives the same bytes. Needs the program espeak-ng.
      """)

  @Argument(help: "What is played, part after part.") var parts: [Script.Part]
  @Option(name: .shortAndLong, help: ArgumentHelp("The session folder to make.", valueName: "dir")) var output: String
  @Option(help: "What all follows from; another seed has other people.") var seed: UInt64 = 1
  @Option(help: "Which of the seed's people plays.") var actor = 0
  @Option(help: "Of the pictures: libav's JPEG quality, from 1, the finest, to 31.") var quality = 4
  @OptionGroup var verbosity: Verbosity

  func validate() throws {
    if parts.isEmpty { throw ValidationError("Nothing to play: give parts such as neutral:4 anger:5.") }
    if output.isEmpty { throw ValidationError("-o needs the name of a folder.") }
    if !(0..<1_000_000).contains(actor) { throw ValidationError("--actor must be from 0 to 999999.") }
    if !(1...31).contains(quality) { throw ValidationError("--quality must be from 1 to 31, not \(quality).") }
  }

  func run() throws {
    let log = verbosity.bootstrap()
    try Speech.check()
    try SessionFolder.make(output)
    do { try play(log) } catch {
      // Half a session is none, and would be in the way of the next one; the folder was made here.
      try? FileManager.default.removeItem(atPath: output)
      // Ctrl-C on a terminal ends the speaker too, who then seems to have failed.
      if let status = Interruption.status { throw Failure(status, "\(output): stopped; nothing was written") }
      throw error
    }
  }

  private func play(_ log: Logger) throws {
    let script = Script(parts)
    let scratch = output + "/speech.wav"
    var take = try Take(script, seed: seed, actor: actor, scratch: scratch)
    var manifest = manifest
    let failed = Guarded<MediaError?>(nil)
    let recorder = try SessionRecorder(
      folder: output, zero: manifest.zero, picture: true, sound: true, flushes: false
    ) { error in failed.withLock { $0 = error } }
    var index = 0
    // Where it stops early, nobody may write any more when the folder is removed.
    var isWhole = false
    defer { if !isWhole { _ = recorder.close() } }
    try take.play { picture, sound in
      if let error = failed.withLock({ $0 }) { throw error }
      if let status = Interruption.status { throw Failure(status, nil) }
      let time = manifest.zero + Int64(index) * 1_000_000_000 / Int64(Script.rate)
      recorder.frame(
        try CapturedFrame(
          drawn: picture.rgb, width: picture.width, height: picture.height, index: index, time: time,
          quality: Int32(quality), path: output))
      let samples = sound.map { Int16(min(max(($0 * 32768).rounded(), -32768), 32767)) }
      recorder.sound(CapturedAudio(samples: samples, time: time), seen: true)
      index += 1
    }
    isWhole = true
    let summary = recorder.close()
    if let failure = summary.failure { throw failure }
    try manifest.close(output, summary, end: nil, duration: script.seconds, counters: [:])
    let truth = try Output(file: output + "/" + Truth.file)
    try truth.write(script.truth)
    try truth.finish()
    log.notice("\(output): \(script.seconds.rounded(places: 2)) s")
  }

  /// Nobody recorded it, so its times are made up: always the same ones.
  private var manifest: SessionManifest {
    SessionManifest(
      sessionID: "actor-\(seed)-\(actor)", version: Mien.version, wall: "2026-01-01T00:00:00.000Z",
      zero: 1_000_000_000, hop: WindowSchedule.usualHop, face: .largest, framing: FaceFraming(), model: nil,
      camera: .init(
        name: "drawn actor \(actor) of seed \(seed)", path: nil,
        format: "mjpeg \(Take.width)x\(Take.height) \(Script.rate) fps"),
      microphone: .init(name: "espeak-ng", path: nil, format: "16000 Hz, 1 channels, taken as 16000 Hz mono"))
  }
}
