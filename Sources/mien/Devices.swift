import ArgumentParser
import Files
import Glibc
import Logging
import Media
import Recognition

/// `mien devices`: what a live session could see and hear with.
struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List cameras and microphones, without opening a stream.",
    discussion: """
      EXAMPLES:
        mien devices
        mien devices --json | jq -r '.cameras[].name'

      A name finds the same device again when it comes back under another number: give it, or a part that only one \
      device has, to mien live --video and --audio.
      """)

  @Flag(help: "One JSON object on stdout.") var json = false
  @OptionGroup var verbosity: Verbosity

  func run() throws {
    let log = verbosity.bootstrap()
    var troubles: [MediaError] = []
    func list<Device>(_ read: () throws -> [Device]) throws -> [Device]? {
      do { return try read() } catch let error as MediaError {
        troubles.append(error)
        return nil
      }
    }
    let cameras = try list(Cameras.list)
    let microphones = try list { try Microphones.list() }
    for trouble in troubles { log.warning("\(trouble)") }
    let out = Output()
    if json {
      let object: JSON = [
        "cameras": cameras.map { .array($0.map(\.json)) } ?? .null,
        "microphones": microphones.map { .array($0.map(\.json)) } ?? .null,
      ]
      try out.write(object.text + "\n")
    } else {
      try out.write(Self.text(cameras ?? [], microphones ?? []))
    }
    if cameras == nil, microphones == nil, let first = troubles.first {
      throw Failure(Failure(first).status == .noPermission ? .noPermission : .unavailable, nil)
    }
  }

  static func text(_ cameras: [CameraInfo], _ microphones: [MicrophoneInfo]) -> String {
    var lines = ["Cameras"]
    for camera in cameras {
      lines.append("  \(camera.name)")
      lines.append("    \(camera.card), \(camera.path), \(camera.driver)")
      for format in camera.formats {
        let sizes = format.sizes.map { size in
          "\(size.width)×\(size.height)" + (size.rates.first.map { "@\(rate($0))" } ?? "")
        }
        let unread = format.captured == nil ? " (not read here)" : ""
        lines.append("    \(format.code)\(unread): \(sizes.joined(separator: " "))")
      }
    }
    if cameras.isEmpty { lines.append("  none") }
    lines.append("Microphones")
    for microphone in microphones {
      lines.append("  \(microphone.name)" + (microphone.isDefault ? " (default)" : ""))
      let kind = microphone.isMonitor ? ", what an output plays" : ""
      lines.append("    \(microphone.description), \(microphone.rate) Hz, \(microphone.channels) channels\(kind)")
    }
    if microphones.isEmpty { lines.append("  none") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func rate(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value.rounded(places: 2))"
  }
}

extension CameraInfo {
  fileprivate var json: JSON {
    let formats = formats.map { format -> JSON in
      let sizes = format.sizes.map { size -> JSON in
        ["width": .int(size.width), "height": .int(size.height), "fps": .array(size.rates.map(JSON.double))]
      }
      return ["code": .string(format.code), "usable": .bool(format.captured != nil), "sizes": .array(sizes)]
    }
    return [
      "name": .string(name), "path": .string(path), "card": .string(card), "driver": .string(driver),
      "bus": .string(bus), "formats": .array(formats),
    ]
  }
}

extension MicrophoneInfo {
  fileprivate var json: JSON {
    [
      "name": .string(name), "description": .string(description), "rate": .int(rate), "channels": .int(channels),
      "monitor": .bool(isMonitor), "default": .bool(isDefault),
    ]
  }
}
