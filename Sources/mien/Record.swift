import ArgumentParser
import Glibc
import Logging
import Media
import MienKit
import Recognition
import Sessions
import Signal
import Threading

/// `mien record`: camera and microphone into a session folder, without a model.
struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record camera and microphone into a session folder, without a model.",
    discussion: """
      EXAMPLES:
        mien record recordings/monday
        mien record recordings/monday --duration 600 --no-wait
        mien replay recordings/monday --model base

      mien live --record does the same while it reads emotions. recordings/README.md describes the folder. Nothing is \
      overwritten. Record only people who have agreed to it.
      """)

  @Argument(help: "The new session folder.") var folder: String
  @OptionGroup var capture: CaptureOptions
  @OptionGroup var verbosity: Verbosity

  func validate() throws { if folder.isEmpty { throw ValidationError("FOLDER is empty.") } }

  func run() throws {
    let log = verbosity.bootstrap()
    let opened = try CaptureDevices.open(
      capture.request, folder: folder, stop: { Interruption.reason != nil }, waiting: { log.notice("waiting: \($0)") })
    guard let (devices, zero) = opened else { return }
    defer { devices.stop() }
    let failed = Latch()
    let recorded = try RecordedSession(
      folder: folder, manifest: SessionManifest(devices, zero: zero),
      onFailure: { _ in failed.set() })
    devices.hub.begin(
      CaptureHub.Receiver(
        frame: { recorded.frame($0) }, sound: { recorded.store($0) },
        report: { _, report in
          switch report {
          case .change(let change, let message):
            if change == .opened { log.info("\(message)") } else { log.notice("\(message)") }
          case .status(_, _, let message): log.warning("\(message)")
          case .ended: break
          }
        }))
    wait(devices, zero: zero, failed)
    devices.stop()
    let seconds = Double(MonotonicClock.now() - zero) / 1e9
    if let failure = try recorded.close(nil, duration: seconds) { throw failure }
    log.notice("\(seconds.rounded(places: 1)) s in \(folder)")
  }

  /// Until somebody stops it, the files end, the time is up or nothing can be written any more.
  private func wait(_ devices: CaptureDevices, zero: Int64, _ failed: Latch) {
    let deadline = capture.duration.map { zero + Int64($0 * 1e9) }
    var bar = ProgressBar()
    defer { bar.clear() }
    let isShown = verbosity.wantsProgress(resultsTo: nil)
    while Interruption.reason == nil, !failed.isSet, !devices.hasEnded {
      let now = MonotonicClock.now()
      if let deadline, now >= deadline { return }
      if isShown {
        let seconds = Int((now - zero) / 1_000_000_000)
        let rate = devices.measuredRate.map { ", \($0.rounded(places: 1)) frames a second" } ?? ""
        bar.show(now: now) { _ in "recording \(folder): \(seconds) s\(rate), \(devices.framesDropped) frames lost" }
      }
      MonotonicClock.wait(until: min(now + 100_000_000, deadline ?? .max))
    }
  }
}

extension SessionManifest {
  /// Of a session without a model, which is replayed with the usual hop and whoever is in front.
  fileprivate init(_ devices: CaptureDevices, zero: Int64) {
    let known = devices.hub.devices
    self.init(
      version: mienVersion, wall: wallTime(), zero: zero, hop: WindowSchedule.usualHop, face: .largest,
      framing: FaceFraming(), model: nil, source: SessionCreated.Source(known, request: devices.request), known)
  }
}
