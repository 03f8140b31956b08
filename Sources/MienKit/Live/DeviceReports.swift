package import Media
package import Recognition

/// What a device's keeper tells, in the stream's words. A pure state machine for one device.
package struct DeviceReports {
  package enum Report: Equatable {
    case change(LiveDevice.Change, String)
    case status(StreamStatus.Code, StreamStatus.Level, String)
    /// A file that played a device is at its end.
    case ended
  }

  private let device: LiveDevice
  /// It has been open in this session, so that coming again is coming back.
  private var wasOpen = false

  package init(_ device: LiveDevice) { self.device = device }

  package mutating func reports(of event: CameraEvent) -> [Report] {
    switch event {
    case .frame: return []
    case .opened(let info, let mode): return [opened(Self.text(info, mode))]
    case .frozen(let seconds): return [.change(.frozen, "no frame for \(Self.text(seconds)) s, and no error either")]
    case .thawed(let seconds): return [.change(.back, "frames come again after \(Self.text(seconds)) s")]
    case .slow(let measured, let promised, let remedy):
      let hint = remedy.map { ": \($0)" } ?? ""
      return [
        .status(
          .lowFrameRate, .warning,
          "\(Self.text(measured)) frames a second of the \(Self.text(promised)) that the camera promised\(hint)")
      ]
    case .lost(let loss): return [.change(.lost, "the camera is lost: \(loss); it is taken back when it returns")]
    case .waiting(let error): return [.change(.waiting, "waiting for a camera: \(error)")]
    case .ended: return [.ended]
    }
  }

  package mutating func reports(of event: MicrophoneEvent) -> [Report] {
    switch event {
    case .sound: return []
    case .opened(let info): return [opened("\(info.description) (\(info.name))")]
    case .lost(let error): return [.change(.lost, "the microphone is lost: \(error); it is taken back when it returns")]
    case .waiting(let error): return [.change(.waiting, "waiting for a microphone: \(error)")]
    case .silent(let seconds, let isSuspended):
      let why = isSuspended ? ": the source is suspended" : ""
      return [.change(.frozen, "no sound for \(Self.text(seconds)) s\(why)")]
    case .resumed(let seconds): return [.change(.back, "sound comes again after \(Self.text(seconds)) s")]
    case .finished: return [.ended]
    }
  }

  private mutating func opened(_ message: String) -> Report {
    defer { wasOpen = true }
    return .change(wasOpen ? .back : .opened, message)
  }

  /// "HD Webcam (/dev/video0), 640×480 MJPG, 30 frames a second"
  static func text(_ info: CameraInfo, _ mode: CameraMode) -> String {
    let rate = mode.rate.map { ", \(text($0)) frames a second" } ?? ""
    return "\(info.card) (\(info.path)), \(mode.width)×\(mode.height) \(mode.code)\(rate)"
  }

  private static func text(_ value: Double) -> String {
    let rounded = value.rounded(places: 1)
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
