package import Networks
package import Recognition
package import Tensor

/// Outputs that depend on the inputs by a formula: the mean of all pixels, the mean of the spectrogram, and their
/// difference; counts its runs.
package final class FormulaClassifier: WindowClassifier {
  package let outputs: Int
  package var runs = 0
  /// Throws or breaks at this run.
  package var failure: (run: Int, error: (any Error)?)?

  package init(outputs: Int = 3) { self.outputs = outputs }

  package func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, steps: WindowSteps,
    into outputs: FloatBuffer
  ) throws {
    runs += 1
    // Every 1000th says enough and keeps the tests in milliseconds.
    var (a, b) = (Float(0), Float(0))
    for i in stride(from: 0, to: video.count, by: 1000) { a += video.base[i] }
    for i in stride(from: 0, to: audio.count, by: 100) { b += audio.base[i] }
    let values = [a / 1000, b / 1000, (a - b) / 1000]
    for i in 0..<self.outputs { outputs.base[i] = values[i % 3] }
    if let failure, failure.run == runs {
      if let error = failure.error { throw error }
      outputs.base[1] = .nan
    }
  }
}

extension ModelSummary {
  package static let three = ModelSummary(
    id: "three", sha256: String(repeating: "0a", count: 32), labels: ["zest", "anger", "calm"], task: .classification,
    trained: false)
  /// Answers from both modalities, and from each alone.
  package static let versatile = ModelSummary(
    id: "versatile", sha256: nil, labels: ["zest", "anger", "calm"],
    heads: [("both", Modalities.audioVideo), ("audio", .audio), ("video", .video)].map {
      Head(name: $0.0, modalities: $0.1, task: .classification, outputs: 3)
    }, trained: false)
  /// The same, and what the face does.
  package static let acting = ModelSummary(
    id: "acting", sha256: nil, labels: versatile.labels,
    attributes: ["jawOpen", "browInnerUp", "cheekPuff", "eyeWide"],
    heads: versatile.heads + [
      Head(name: "actions", modalities: .video, task: .regression, outputs: 4, isMomentary: true)
    ], trained: false)
  package static let regression = ModelSummary(
    id: "va", sha256: nil, labels: ["valence", "arousal", "dominance"], task: .regression, trained: false)
}
