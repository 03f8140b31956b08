/// Turns the ranges that some drivers state for sizes and rates into lists of the usual values. Pure.
struct CameraSteps: Equatable {
  var least, most, step: Int

  init(_ least: UInt32, _ most: UInt32, _ step: UInt32) {
    (self.least, self.most, self.step) = (Int(least), Int(most), max(Int(step), 1))
  }

  func contains(_ value: Int) -> Bool { value >= least && value <= most && (value - least) % step == 0 }

  /// The usual sizes in both ranges, the smallest and the largest.
  static func sizes(_ widths: CameraSteps, _ heights: CameraSteps) -> [(Int, Int)] {
    let usual = [
      (160, 120), (320, 180), (320, 240), (640, 360), (640, 480), (800, 600), (1280, 720), (1280, 960), (1920, 1080),
    ]
    var sizes = [(widths.least, heights.least)]
    sizes += usual.filter { widths.contains($0.0) && heights.contains($0.1) }
    sizes.append((widths.most, heights.most))
    return sizes.reduce(into: []) { kept, size in if !kept.contains(where: { $0 == size }) { kept.append(size) } }
  }

  /// The usual rates between two, and the two; nil: not stated.
  static func rates(_ least: Double?, _ most: Double?) -> [Double] {
    let (least, most) = (least ?? 0, most ?? 0)
    let inside = [5.0, 10, 15, 20, 25, 30, 50, 60].filter { $0 > least && $0 < most }
    return Set(inside + [least, most].filter { $0 > 0 }).sorted(by: >)
  }

  /// A control's name as v4l2-ctl takes it: "Exposure, Dynamic Framerate" is exposure_dynamic_framerate.
  static func controlName(_ name: String) -> String {
    name.lowercased().split { !$0.isASCII || !($0.isLetter || $0.isNumber) }.joined(separator: "_")
  }
}
