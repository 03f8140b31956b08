import HiCMAE
import Recognition

extension LoadedModel {
  /// Freshly seeded weights of a published size, with CREMA-D's labels: always the same numbers, which mean nothing.
  static func untrained(_ size: UntrainedSize, threads: Int) -> LoadedModel {
    let labels = ["anger", "disgust", "fear", "happiness", "neutral", "sadness"]
    let model = HiCMAEModel(size.configuration(outputs: labels.count), seed: 1)
    return LoadedModel(
      summary: ModelSummary(
        id: "untrained-\(size.rawValue)", sha256: nil, labels: labels, task: .classification, trained: false),
      classifier: HiCMAEClassifier(model, threads: threads))
  }

  /// - Throws: what is wrong with the folder.
  init(folder path: String, threads: Int) throws {
    throw Failure(.noInput, "\(path): not a model folder (it has no config.json); make one with mien model import")
  }
}
