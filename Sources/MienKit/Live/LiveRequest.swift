public import Media
public import Signal

/// A live session that is wanted: devices, windows, and whom to follow.
public struct LiveRequest: Sendable {
  public var capture: CaptureRequest
  /// From one window to the next.
  public var hop = WindowSchedule.usualHop
  /// Whom to follow; `.none` where a file of aligned faces plays the camera.
  public var face = FaceChoice.largest
  /// Places the eyes exactly.
  public var landmarks: LandmarkModel?
  /// Seconds after which the session ends by itself; nil: never.
  public var duration: Double?
  /// A new folder that the session is recorded into, for `RecordingRequest` to read; nil: nothing is recorded.
  public var record: String?

  public init(_ capture: CaptureRequest = CaptureRequest()) { self.capture = capture }
}

/// A live session that is prepared: the face detector is made, the devices are not open yet. Making the detector takes a
/// moment, in which frames would be lost.
public final class LiveSetup {
  let request: LiveRequest
  let model: ChosenModel
  let picture: LiveVideo
  let link: SessionLink

  /// - Throws: `MediaError` if there is no face detector.
  public init(_ request: LiveRequest, model: ChosenModel) throws {
    (self.request, self.model) = (request, model)
    var options = LiveVideo.Options()
    (options.faces, options.landmarks) = (request.face, request.landmarks)
    (options.framing, options.following) = (model.framing, model.following)
    options.schedule = WindowSchedule(hop: request.hop)
    let link = SessionLink()
    self.link = link
    picture = try LiveVideo(path: request.capture.video, options: options) { link.frame($0) }
  }

  /// Opens the devices, waits until the session can begin, and begins its recording.
  /// - Parameters:
  ///   - stop: asked while it waits: true ends the waiting.
  ///   - waiting: gets what is wrong with a device that is waited for, once for each device.
  /// - Returns: nil: `stop` said so.
  /// - Throws: as `CaptureDevices.open`, or where the recording cannot begin.
  public func begin(
    stop: () -> Bool = { false }, waiting: (MediaError) -> Void = { _ in }
  ) throws -> LiveRun? {
    let opened = try CaptureDevices.open(request.capture, folder: request.record, stop: stop, waiting: waiting)
    guard let (devices, zero) = opened else { return nil }
    do { return try LiveRun(self, devices, zero: zero) } catch {
      devices.stop()
      throw error
    }
  }
}
