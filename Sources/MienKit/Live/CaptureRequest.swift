internal import Files
internal import Glibc
public import Media
package import Recognition

/// Which camera and which microphone, and how they are asked for.
public struct CaptureRequest: Sendable {
  /// A camera: `auto`, `none`, or a name or path. A media file plays as one.
  public var video = "auto"
  /// A microphone: `auto`, `none`, or a name. A sound file plays as one.
  public var audio = "auto"
  /// Picture size to ask the camera for.
  public var width = 640
  public var height = 480
  /// Frames a second to ask the camera for.
  public var framesPerSecond = 30.0
  /// Whether a device that is missing at the start ends the session, instead of being waited for.
  public var isStrict = false
  /// Whether a file that plays a device begins again at its end.
  public var loops = false
  /// Which of several tracks of such files are played.
  public var tracks = TrackChoices()

  public init() {}

  /// A path that is no device must exist: nobody plugs in a file. Nor does a folder become a device.
  /// - Throws: `CaptureError`.
  public func checkFiles() throws {
    for path in [video, audio] where path.contains("/") && isFolder(path) { throw CaptureError.folder(path) }
    for path in [video, audio] where Self.isPath(path) && access(path, R_OK) != 0 {
      throw CaptureError.unreadable(path, reason: String(cString: strerror(errno)))
    }
  }

  /// Whether a name can only be meant as a file, whether it is there or not.
  package static func isPath(_ name: String) -> Bool {
    let files = ["avi", "flac", "m4a", "mkv", "mov", "mp3", "mp4", "ogg", "opus", "wav", "webm"]
    if name.contains("/") { return !name.hasPrefix("/dev/") }
    return files.contains { name.lowercased().hasSuffix(".\($0)") }
  }

  /// The devices that are not `none`.
  package var wanted: Set<LiveDevice> {
    Set([(video, LiveDevice.camera), (audio, .microphone)].filter { $0.0 != "none" }.map(\.1))
  }

  /// Whether this device is a file that plays one.
  func isPlayed(_ device: LiveDevice) -> Bool { isFile(device == .camera ? video : audio) }

  func camera(isRecorded: Bool, start: Int64) -> CameraRequest {
    var request = CameraRequest(
      width: width, height: height, rate: framesPerSecond, isRecorded: isRecorded, loops: loops, start: start)
    request.track = tracks.video
    return request
  }
}

/// Why a live session cannot begin.
public enum CaptureError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A folder was named as a device.
  case folder(String)
  /// A file was named as a device and cannot be read.
  case unreadable(String, reason: String)
  /// Devices are missing, and the session was not to wait for them.
  case missing(String)

  public var description: String {
    switch self {
    case .folder(let path): "\(path): it is a folder; name a device, or a file that plays one"
    case .unreadable(let path, let reason): "\(path): cannot be read: \(reason)"
    case .missing(let which): which
    }
  }
}
