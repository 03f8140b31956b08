import Foundation
import TestSupport
import Testing

/// The reference clip, where it is at hand: beside the folder that MIEN_GOLDEN names.
private let clip = ProcessInfo.processInfo.environment["MIEN_GOLDEN"].map {
  URL(fileURLWithPath: $0).deletingLastPathComponent().appending(path: "clip").path
}

extension MienTests {
  @Suite struct ClipGoldenTests {
    /// A checkpoint of PyTorch's, a folder of faces and a sound file, through import and evaluation.
    @Test(.enabled(if: clip.map { FileManager.default.fileExists(atPath: $0 + "/test.csv") } ?? false))
    func theReferenceClipGivesThePublishedNumbers() throws {
      let (clip, folder) = (try #require(clip), try Folder())
      let model = folder / "model"
      let made = try Command.run("model", "import", clip + "/checkpoint.pth", "-o", model, "--labels", "crema-d")
      #expect(made.status == 0, "\(made.err)")
      let run = try Command.run("eval", "--model", model, "--data", clip + "/test.csv", "-o", folder / "p.jsonl")
      #expect(run.status == 0, "\(run.err)")
      let found = try JSONValue(parsing: String(contentsOfFile: folder / "p.jsonl", encoding: .utf8))
      let wanted = try JSONValue(parsing: String(contentsOfFile: clip + "/expected.json", encoding: .utf8))
      func worst(_ found: JSONValue?, _ wanted: JSONValue?) throws -> Double {
        let values = try #require(wanted?.elements).compactMap(\.double)
        let keys = try #require(found?.keys)
        try #require(keys.count == values.count)
        return zip(keys, values).map { ((found?[$0]?.double ?? .infinity) - $1).magnitude }.max() ?? .infinity
      }
      let probabilities = try worst(found["probabilities"], wanted["probabilities"])
      #expect(probabilities < 1e-4, "worst probability off by \(probabilities)")
      let views = try #require(found["views"]?.elements)
      for (i, view) in try #require(wanted["views"]?.elements).enumerated() {
        let logits = try worst(views[i]["logits"], view["logits"])
        #expect(logits < 1e-3, "worst logit of view \(i) off by \(logits)")
      }
    }
  }
}
