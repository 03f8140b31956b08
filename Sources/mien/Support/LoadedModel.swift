import HiCMAE
import Recognition
import Signal
import Tensor

/// A model ready to answer, with what the config says about its inputs.
struct LoadedModel {
  var summary: ModelSummary
  var classifier: any WindowClassifier
  var normalisation = InputNormalisation()
  var framing = FaceFraming()
  /// Frames from one to the next where sampling is by index.
  var samplingRate = 4

  func recognizer() throws -> Recognizer {
    try Recognizer(classifier: classifier, model: summary, normalisation: normalisation)
  }
}

/// HiCMAE behind the recognizer's protocol.
final class HiCMAEClassifier: WindowClassifier {
  private let inference: Inference

  init(_ model: HiCMAEModel, threads: Int) { inference = Inference(model: model, threads: threads) }

  var outputs: Int { inference.model.configuration.outputs }

  func outputs(video: FloatBuffer, audio: FloatBuffer, into outputs: FloatBuffer) throws {
    inference.logits(video: video, audio: audio, into: outputs)
  }
}
