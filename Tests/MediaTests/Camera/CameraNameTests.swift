import Files
import Testing

@testable import Media

/// Which camera is meant, and which one it is when it comes back.
@Suite struct CameraNames {
  private func camera(
    _ number: Int, link: String? = nil, card: String, bus: String, formats: [String] = ["YUYV"]
  ) -> CameraInfo {
    CameraInfo(
      name: Cameras.name(link: link, card: card, bus: bus), path: "/dev/video\(number)", card: card, driver: "uvcvideo",
      bus: bus, formats: formats.map { CameraFormat(code: $0, sizes: []) })
  }

  private var infrared: CameraInfo { camera(0, card: "IR Camera", bus: "usb-1", formats: ["GREY"]) }
  private var builtIn: CameraInfo { camera(2, card: "Integrated Camera", bus: "usb-2") }
  private var webcam: CameraInfo {
    camera(4, link: "usb-046d_C920_1A2B-video-index0", card: "HD Pro C920", bus: "usb-3")
  }

  private func refusal(_ wanted: String, _ cameras: [CameraInfo]) -> String {
    do {
      return "found \(try Cameras.pick(wanted, from: cameras).name)"
    } catch { return "\(error)" }
  }

  @Test func autoIsTheFirstThatCanBeRead() throws {
    #expect(try Cameras.pick("auto", from: [infrared, builtIn, webcam]) == builtIn)
    #expect(refusal("auto", []) == "camera: cannot open the camera: there is none; plug one in")
    #expect(refusal("auto", [infrared]).contains("none gives MJPEG, YUYV or NV12"))
  }

  @Test func byNameOrUniquePart() throws {
    let all = [infrared, builtIn, webcam]
    #expect(try Cameras.pick("usb-046d_C920_1A2B-video-index0", from: all) == webcam)
    #expect(try Cameras.pick("Integrated Camera (usb-2)", from: all) == builtIn)
    #expect(try Cameras.pick("c920", from: all) == webcam)
    #expect(try Cameras.pick("hd pro", from: all) == webcam)
    #expect(
      refusal("camera", all)
        == "camera: cannot open the camera: several cameras are called so: \"IR Camera (usb-1)\","
        + " \"Integrated Camera (usb-2)\"")
    #expect(refusal("brio", [builtIn]).hasSuffix("it is not among the cameras: \"Integrated Camera (usb-2)\""))
  }

  @Test func backUnderAnotherNumber() throws {
    var moved = webcam
    moved.path = "/dev/video7"
    #expect(try Cameras.pick(again: webcam, from: [builtIn, moved]).path == "/dev/video7")
  }

  @Test func backAtAnotherPort() throws {
    let moved = camera(3, card: "Integrated Camera", bus: "usb-9")
    #expect(try Cameras.pick(again: builtIn, from: [infrared, moved]) == moved)
    // One of two of a kind could be anybody's.
    let twin = camera(5, card: "Integrated Camera", bus: "usb-8")
    #expect(throws: MediaError.self) { try Cameras.pick(again: builtIn, from: [moved, twin]) }
    // One with a serial number is itself and no other.
    let like = camera(4, link: "usb-046d_C920_FFFF-video-index0", card: "HD Pro C920", bus: "usb-3")
    #expect(throws: MediaError.self) { try Cameras.pick(again: webcam, from: [like]) }
  }

  @Test func nodesThatAreNot() throws {
    let error = try #require(throws: MediaError.self) { try Cameras.find("/dev/video-of-nobody") }
    #expect(error.kind == .noInput && error.path == "/dev/video-of-nobody")
    let other = try #require(throws: MediaError.self) { try Cameras.find("/dev/null") }
    #expect(other.kind == .unsupported, "\(other)")
  }

  @Test func refusalsNameGroupAndRemedy() {
    let denied = MediaError.camera("open the camera", code: 13, path: "/dev/nothing")
    #expect(denied.kind == .noPermission)
    #expect(
      denied.description
        == "/dev/nothing: cannot open the camera: Permission denied; cameras belong to the group video:"
        + " sudo usermod -aG video $USER, then log in again")
    let busy = MediaError.camera("start the camera's stream", code: 16, path: "/dev/nothing")
    #expect(busy.kind == .noInput && busy.description.contains("another program"))
  }
}
