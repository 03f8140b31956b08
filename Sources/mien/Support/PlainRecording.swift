import Glibc
import Logging
import Media
import MienKit
import Recognition
import Sessions
import Signal
import Threading

/// Camera and microphone into a session folder, without a model.
struct PlainRecording {
  var capture: CaptureRequest
  /// New.
  var folder: String
  /// nil: until somebody stops it.
  var duration: Double?
  /// What stands before the seconds on a terminal.
  var title: String

  /// - Returns: how many seconds it took; nil: it was stopped before it began.
  /// - Throws: what keeps the devices from being opened or the folder from being written.
  func run(_ verbosity: Verbosity, _ log: Logger) throws -> Double? {
    let opened = try CaptureDevices.open(
      capture, folder: folder, stop: { Interruption.reason != nil }, waiting: { log.notice("waiting: \($0)") })
    guard let (devices, zero) = opened else { return nil }
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
    wait(devices, zero: zero, failed, isShown: verbosity.wantsProgress(resultsTo: nil))
    devices.stop()
    let seconds = Double(MonotonicClock.now() - zero) / 1e9
    if let failure = try recorded.close(nil, duration: seconds) { throw failure }
    return seconds
  }

  /// Until somebody stops it, the files end, the time is up or nothing can be written any more.
  private func wait(_ devices: CaptureDevices, zero: Int64, _ failed: Latch, isShown: Bool) {
    let deadline = duration.map { zero + Int64($0 * 1e9) }
    var bar = ProgressBar()
    defer { bar.clear() }
    while Interruption.reason == nil, !failed.isSet, !devices.hasEnded {
      let now = MonotonicClock.now()
      if let deadline, now >= deadline { return }
      if isShown {
        let seconds = Int((now - zero) / 1_000_000_000)
        let rate = devices.measuredRate.map { ", \($0.rounded(places: 1)) frames a second" } ?? ""
        bar.show(now: now) { _ in "\(title): \(seconds) s\(rate), \(devices.framesDropped) frames lost" }
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
