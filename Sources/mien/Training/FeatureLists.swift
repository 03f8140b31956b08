import Clips
import Lists
import Logging
import Networks

extension TrainingOptions {
  /// Sees that a list names what the network takes, and says which files of features are cut.
  /// - Throws: `AnnotationError` naming the line, or `Failure` for features of another width.
  func checkKind(
    of list: AnnotationList, _ features: ListFeatures, _ sizes: any NetworkSizes, _ log: Logger
  ) throws {
    try ListFeatures.check(list, has: sizes.inputs, model: from ?? size.name)
    for (modality, shape) in [(Modality.video, sizes.inputs.video), (.audio, sizes.inputs.audio)] {
      guard case .features(_, let width) = shape, let found = try features.width(modality), found != width else {
        continue
      }
      let word = modality == .video ? "picture" : "sound"
      throw Failure(
        .badData,
        "\(list.path): its features of the \(word) have \(found) values a step, but \(width) are wanted")
    }
    for cut in features.longer(than: sizes.inputs) {
      let word = cut.modality == .video ? "picture" : "sound"
      log.notice(
        "\(list.path): \(cut.files) clips have more than \(cut.steps) steps of features of the \(word); they are cut")
    }
  }
}
