import Foundation
import Models
import Testing

@testable import MienKit

/// Where a calibration is looked for.
@Suite struct CalibrationLookupTests {
  private let root: URL
  private let sha256 = String(repeating: "a", count: 64)

  init() throws {
    root = URL(fileURLWithPath: "/tmp/mien-calibrations-\(UUID().uuidString)")
    for place in ["named", "package/calibration", "data/mien/calibration", "other/calibration"] {
      let folder = root.appending(path: place + "/models")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data("{}".utf8).write(to: folder.appending(path: sha256 + ".json"))
    }
    for place in ["other/models/nano", "other/nets/nano"] {
      try FileManager.default.createDirectory(at: root.appending(path: place), withIntermediateDirectories: true)
    }
  }

  private func place(_ lookup: CalibrationLookup, model: String? = nil) -> String? {
    let file = lookup.file(sha256: sha256, model: model.map { root.appending(path: $0).path })
    return file.map { String($0.path.dropFirst(root.path.count + 1).dropLast("/models/\(sha256).json".count)) }
  }

  @Test func eachPlaceComesBeforeTheNext() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    let (package, data) = (root.appending(path: "package").path, root.appending(path: "data").path)
    func lookup(_ package: String?, _ environment: [String: String]) -> CalibrationLookup {
      CalibrationLookup(environment: environment, package: package)
    }
    let model = "other/models/nano"
    let named = ["MIEN_CALIBRATION": root.appending(path: "named").path, "XDG_DATA_HOME": data]
    #expect(place(lookup(package, named), model: model) == "named")
    #expect(place(lookup(package, ["XDG_DATA_HOME": data]), model: model) == "package/calibration")
    #expect(place(lookup(nil, ["XDG_DATA_HOME": data]), model: model) == "data/mien/calibration")
    #expect(place(lookup(nil, [:]), model: model) == "other/calibration")
    // Only a folder called models has calibrations beside it, and a name alone is taken at its word.
    #expect(place(lookup(nil, [:]), model: "other/nets/nano") == nil)
    #expect(place(lookup(nil, ["MIEN_CALIBRATION": "/nowhere"]), model: model) == nil)
    #expect(place(lookup(nil, [:])) == nil)
  }
}
