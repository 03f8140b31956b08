import Testing

@testable import Media

/// Which mode is taken of what cameras really offer.
@Suite struct CameraModes {
  private func format(_ code: String, _ sizes: [(Int, Int, [Double])]) -> CameraFormat {
    CameraFormat(code: code, sizes: sizes.map { CameraSize(width: $0.0, height: $0.1, rates: $0.2) })
  }

  private func chosen(_ formats: [CameraFormat], _ request: CameraRequest = CameraRequest()) -> String? {
    CameraMode.choose(from: formats, for: request).map {
      "\($0.code) \($0.width)x\($0.height)@\($0.rate.map { "\($0)" } ?? "n/a")"
    }
  }

  /// A common 1080p webcam on USB 2.
  private var webcam: [CameraFormat] {
    [
      format("YUYV", [(640, 480, [30, 15]), (1280, 720, [10, 5]), (1920, 1080, [5])]),
      format("MJPG", [(1280, 720, [30, 15]), (640, 480, [30, 15]), (1920, 1080, [30])]),
    ]
  }

  @Test func rawWhereItReachesTheRate() {
    #expect(chosen(webcam) == "YUYV 640x480@30.0")
    #expect(chosen(webcam, CameraRequest(width: 320, height: 240)) == "YUYV 640x480@30.0")
  }

  @Test func jpegWhereRawIsTooSlow() {
    #expect(chosen(webcam, CameraRequest(width: 1280, height: 720)) == "MJPG 1280x720@30.0")
    #expect(chosen(webcam, CameraRequest(width: 1280, height: 720, rate: 10)) == "YUYV 1280x720@10.0")
    let usb1 = [format("YUYV", [(640, 480, [15])]), format("MJPG", [(640, 480, [29.97])])]
    #expect(chosen(usb1) == "MJPG 640x480@29.97")
  }

  @Test func recordedSessionsKeepTheCamerasOwnBytes() {
    #expect(chosen(webcam, CameraRequest(isRecorded: true)) == "MJPG 640x480@30.0")
    #expect(chosen([webcam[0]], CameraRequest(isRecorded: true)) == "YUYV 640x480@30.0")
  }

  @Test func sizes() {
    #expect(chosen(webcam, CameraRequest(width: 800, height: 600)) == "MJPG 1280x720@30.0")
    #expect(chosen(webcam, CameraRequest(width: 3840, height: 2160)) == "MJPG 1920x1080@30.0")
    #expect(chosen([format("YUYV", [(320, 240, [30]), (160, 120, [30])])]) == "YUYV 320x240@30.0")
    // Wide enough is not enough.
    #expect(chosen([format("YUYV", [(640, 360, [30]), (960, 540, [30])])]) == "YUYV 960x540@30.0")
  }

  @Test func rates() {
    let fast = [format("NV12", [(640, 480, [120, 60, 50, 15])])]
    #expect(chosen(fast) == "NV12 640x480@50.0")
    #expect(chosen(fast, CameraRequest(rate: 200)) == "NV12 640x480@120.0")
    #expect(chosen(fast, CameraRequest(rate: 5)) == "NV12 640x480@15.0")
    #expect(chosen([format("NV12", [(640, 480, [])])]) == "NV12 640x480@n/a")
    // Of two that reach the rate the slower.
    let two = [format("YUYV", [(640, 480, [60])]), format("MJPG", [(640, 480, [30])])]
    #expect(chosen(two) == "MJPG 640x480@30.0")
  }

  @Test func fewerBytesAmongRawFormats() {
    #expect(
      chosen([format("YUYV", [(640, 480, [30])]), format("NV12", [(640, 480, [30])])]) == "NV12 640x480@30.0")
  }

  @Test func formatsThatAreNotRead() {
    #expect(chosen([]) == nil)
    #expect(chosen([format("GREY", [(640, 480, [30])]), format("H264", [(640, 480, [30])])]) == nil)
    #expect(chosen([format("MJPG", [])]) == nil)
    #expect(chosen([format("RGB3", [(640, 480, [30])]), format("JPEG", [(352, 288, [15])])]) == "JPEG 352x288@15.0")
  }

  @Test func rangesBecomeUsualSizesAndRates() {
    let sizes = CameraSteps.sizes(CameraSteps(32, 1280, 16), CameraSteps(32, 960, 8)).map { "\($0.0)x\($0.1)" }
    #expect(sizes == ["32x32", "160x120", "320x240", "640x360", "640x480", "800x600", "1280x720", "1280x960"])
    #expect(CameraSteps.rates(7.5, 30) == [30, 25, 20, 15, 10, 7.5])
    #expect(CameraSteps.rates(nil, 24) == [24, 20, 15, 10, 5])
    #expect(CameraSteps.rates(nil, nil) == [])
  }

  @Test func names() {
    #expect(CameraSteps.controlName("Exposure, Dynamic Framerate") == "exposure_dynamic_framerate")
    #expect(CameraSteps.controlName("Exposure, Auto Priority") == "exposure_auto_priority")
    #expect(FourCC.code("YUYV") == 0x5659_5559 && FourCC.text(0x5659_5559) == "YUYV")
    #expect(FourCC.text(FourCC.code("Y16")) == "Y16")
  }

  @Test func rowsWithoutTheirPadding() throws {
    let padded = (0..<3 * 12).map { UInt8($0) }
    let packed = (0..<3).flatMap { row in (0..<8).map { UInt8(12 * row + $0) } }
    func pack(_ layout: RawLayout?, _ bytes: [UInt8]) -> [UInt8]? { bytes.withUnsafeBytes { layout?.packed($0) } }
    let yuyv = RawLayout(.yuyv, width: 4, height: 3, stride: 12)
    #expect(pack(yuyv, padded) == packed)
    #expect(pack(yuyv, padded.dropLast(4)) == packed && pack(yuyv, padded.dropLast(5)) == nil)
    #expect(pack(RawLayout(.nv12, width: 8, height: 2, stride: 12), padded) == packed)
    #expect(pack(RawLayout(.yuyv, width: 4, height: 3, stride: 0), packed + [9]) == packed)
    #expect(RawLayout(.jpeg, width: 4, height: 3, stride: 0) == nil)
  }
}
