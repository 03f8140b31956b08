internal import Files
internal import Glibc

/// The cameras of this machine.
public enum Cameras {
  /// All cameras, by their nodes' numbers. Opens nodes but starts no stream.
  ///
  /// Throws `MediaError` (`noPermission`) if there are cameras and none may be opened.
  public static func list() throws -> [CameraInfo] {
    let links = links()
    var cameras: [CameraInfo] = []
    var denied: MediaError?
    for path in nodes() {
      do {
        if let camera = try look(path, links) { cameras.append(camera) }
      } catch let error as MediaError where error.kind == .noPermission {
        denied = denied ?? error
      } catch is MediaError {
        // Gone since its name was read, or not ready yet.
      }
    }
    if cameras.isEmpty, let denied { throw denied }
    return cameras
  }

  /// The camera that is meant: "auto" (the first that can be read), a node, a stable name, or a part of a name or a
  /// card that only one camera has.
  ///
  /// Throws `MediaError`: `noInput` if it is not there, `noPermission` if it may not be opened.
  public static func find(_ wanted: String) throws -> CameraInfo {
    if wanted.hasPrefix("/") {
      // Any link to a node will do.
      guard let path = real(wanted) else { throw MediaError.camera("open the camera", code: errno, path: wanted) }
      guard let camera = try look(path, links()) else {
        throw missing(wanted, "it is no camera that can be read here", kind: .unsupported)
      }
      return camera
    }
    return try pick(wanted, from: list())
  }

  static func pick(_ wanted: String, from cameras: [CameraInfo]) throws -> CameraInfo {
    if wanted == "auto" {
      if let first = cameras.first(where: { $0.formats.contains { $0.captured != nil } }) { return first }
      throw missing("camera", cameras.isEmpty ? "there is none; plug one in" : "none gives MJPEG, YUYV or NV12")
    }
    if let exact = cameras.first(where: { $0.name == wanted }) { return exact }
    let part = wanted.lowercased()
    let alike = cameras.filter { $0.name.lowercased().contains(part) || $0.card.lowercased().contains(part) }
    if alike.count == 1 { return alike[0] }
    let names = (alike.isEmpty ? cameras : alike).map { "\"\($0.name)\"" }.joined(separator: ", ")
    if alike.count > 1 { throw missing(wanted, "several cameras are called so: \(names)") }
    throw missing(wanted, names.isEmpty ? "there is no camera; plug it in" : "it is not among the cameras: \(names)")
  }

  /// The same camera again, which may be under another number, and, where its name is made of the bus, at another port.
  static func pick(again camera: CameraInfo, from cameras: [CameraInfo]) throws -> CameraInfo {
    if let same = cameras.first(where: { $0.name == camera.name }) { return same }
    let twins = cameras.filter { $0.card == camera.card && $0.driver == camera.driver }
    if twins.count == 1, camera.name == Self.name(link: nil, card: camera.card, bus: camera.bus) { return twins[0] }
    throw missing(camera.name, "it is not plugged in")
  }

  /// The link's name if udev made one, which has the maker's serial number in it.
  static func name(link: String?, card: String, bus: String) -> String { link ?? "\(card) (\(bus))" }

  private static func missing(_ what: String, _ message: String, kind: FailureKind = .noInput) -> MediaError {
    MediaError(library: "mien", operation: "open the camera", message: message, path: what, kind: kind)
  }

  /// nil: a node that captures no video, as a camera's node for metadata.
  private static func look(_ path: String, _ links: [String: String]) throws -> CameraInfo? {
    let node = try CameraNode(path)
    guard let (card, driver, bus) = node.capability() else { return nil }
    return CameraInfo(
      name: name(link: links[path], card: card, bus: bus), path: path, card: card, driver: driver, bus: bus,
      formats: node.formats())
  }

  private static func nodes() -> [String] {
    let numbers = ((try? names(in: "/dev")) ?? []).compactMap { $0.hasPrefix("video") ? Int($0.dropFirst(5)) : nil }
    return numbers.sorted().map { "/dev/video\($0)" }
  }

  /// From nodes to the names of their links.
  private static func links() -> [String: String] {
    let folder = "/dev/v4l/by-id"
    var links: [String: String] = [:]
    for name in (try? names(in: folder)) ?? [] where !name.hasPrefix(".") {
      if let path = real("\(folder)/\(name)") { links[path] = name }
    }
    return links
  }

  private static func real(_ path: String) -> String? {
    guard let found = realpath(path, nil) else { return nil }
    defer { free(found) }
    return String(cString: found)
  }
}
