internal import Media
package import Recognition
import Sessions
package import Signal

extension SessionCreated.Source {
  /// Devices as they are known when the session begins.
  package init(_ known: CaptureHub.Devices, request: CaptureRequest) {
    let (camera, microphone) = (known.camera, known.microphone)
    self.init(
      camera: request.video == "none"
        ? nil : camera.map { Device(name: $0.info.name, path: $0.info.path) } ?? Device(name: request.video),
      microphone: request.audio == "none" ? nil : Device(name: microphone?.name ?? request.audio),
      video: camera.map { Video(width: $0.mode.width, height: $0.mode.height, fps: $0.mode.rate, codec: $0.mode.code) },
      audio: microphone.map { Audio(sampleRate: $0.rate, channels: $0.channels) })
  }
}

extension SessionManifest {
  /// Of a session that begins now.
  package init(_ header: SessionCreated, _ known: CaptureHub.Devices, framing: FaceFraming, face: FaceChoice) {
    self.init(
      version: header.version, wall: header.wall,
      zero: header.zero!,  // because a live header has one
      hop: header.hop, face: face, framing: framing, model: header.model, source: header.source, known)
  }

  package init(
    version: String, wall: String, zero: Int64, hop: Instant, face: FaceChoice, framing: FaceFraming,
    model: ModelSummary?, source: SessionCreated.Source, _ known: CaptureHub.Devices
  ) {
    self.init(
      sessionID: uniqueName(), version: version, wall: wall, zero: zero, hop: hop, face: face, framing: framing,
      model: model,
      camera: source.camera.map { device in
        Device(name: device.name, path: device.path, format: known.camera.map { Self.format($0.mode) })
      },
      microphone: source.microphone.map { device in
        Device(
          name: device.name, path: nil,
          format: known.microphone.map { "\($0.rate) Hz, \($0.channels) channels, taken as 16000 Hz mono" })
      })
  }

  private static func format(_ mode: CameraMode) -> String {
    "\(mode.code) \(mode.width)x\(mode.height)" + (mode.rate.map { " \($0.rounded(places: 3)) fps" } ?? "")
  }
}

/// 128 random bits in hexadecimal.
private func uniqueName() -> String {
  var generator = SystemRandomNumberGenerator()
  return (0..<2).map { _ in
    let digits = String(generator.next(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }.joined()
}
