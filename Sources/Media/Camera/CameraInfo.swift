/// A camera and what it offers.
public struct CameraInfo: Hashable, Sendable {
  /// Names the same camera also when it comes back under another number: its link's name in /dev/v4l/by-id, or card
  /// and bus where it has none.
  public var name: String
  /// Its node now, as in "/dev/video0"; of a file that plays a camera, the file.
  public var path: String
  /// What the device calls itself.
  public var card: String
  public var driver: String
  /// Where it is plugged in, as in "usb-0000:00:14.0-1".
  public var bus: String
  /// In the driver's order.
  public var formats: [CameraFormat]

  public init(name: String, path: String, card: String, driver: String, bus: String, formats: [CameraFormat]) {
    (self.name, self.path, self.card) = (name, path, card)
    (self.driver, self.bus, self.formats) = (driver, bus, formats)
  }
}

/// One pixel format of a camera.
public struct CameraFormat: Hashable, Sendable {
  /// Its four characters, as in "MJPG".
  public var code: String
  public var sizes: [CameraSize]

  public init(code: String, sizes: [CameraSize]) { (self.code, self.sizes) = (code, sizes) }

  /// What it is for us; nil: a format that is not read here.
  public var captured: CapturedFrame.Format? {
    switch code {
    case "MJPG", "JPEG": .jpeg
    case "YUYV": .yuyv
    case "NV12": .nv12
    default: nil
    }
  }
}

/// One picture size of a format.
public struct CameraSize: Hashable, Sendable {
  /// Pixels.
  public var width, height: Int
  /// Frames a second, highest first; empty: the camera does not say.
  public var rates: [Double]

  public init(width: Int, height: Int, rates: [Double]) {
    (self.width, self.height) = (width, height)
    self.rates = rates.sorted(by: >)
  }
}
