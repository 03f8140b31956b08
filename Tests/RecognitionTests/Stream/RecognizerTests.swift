import Recognition
import Signal
import Tensor
import Testing

/// Keeps the first values that it is given.
private final class Recorder: WindowClassifier {
  let outputs = 1
  var video: [Float] = []
  var audio: [Float] = []

  func outputs(video: FloatBuffer, audio: FloatBuffer, into outputs: FloatBuffer) throws {
    (self.video, self.audio) = (video.array, audio.array)
    outputs.base[0] = 1
  }
}

@Suite struct RecognizerTests {
  private let model = ModelSummary(id: "m", sha256: nil, labels: ["one"], task: .classification, trained: false)

  @Test func everyPixelLandsInItsChannelFrameAndPlace() throws {
    let recorder = Recorder()
    let crops = (0..<16).map { frame in
      FaceCrop(side: 160, pixels: (0..<160 * 160 * 3).map { UInt8(($0 * 31 + frame * 7) % 256) })
    }
    let spectrogram = (0..<256 * 128).map { Float($0) * 0.001 - 16 }
    _ = try Recognizer(classifier: recorder, model: model).estimate(crops: crops, spectrogram: spectrogram)
    let (mean, deviation): ([Float], [Float]) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    var worst = Float(0)
    for channel in 0..<3 {
      for frame in 0..<16 {
        for place in stride(from: 0, to: 25_600, by: 37) {
          let pixel = Float(crops[frame].pixels[place * 3 + channel])
          let wanted = (pixel / 255 - mean[channel]) / deviation[channel]
          worst = max(worst, (recorder.video[(channel * 16 + frame) * 25_600 + place] - wanted).magnitude)
        }
      }
    }
    #expect(worst < 1e-6, "worst pixel off by \(worst)")
    let far = zip(recorder.audio, spectrogram).map { ($0 - ($1 + 4.2677393) / 9.1379948).magnitude }.max() ?? 1
    #expect(far < 1e-6, "worst spectrogram value off by \(far)")
  }

  @Test func aCropOfAnotherSizeIsRefused() throws {
    let small = FaceCrop(side: 2, pixels: [UInt8](repeating: 0, count: 12))
    let recognizer = try Recognizer(classifier: Recorder(), model: model)
    #expect(throws: RecognitionError.crop(side: 2, wanted: 160)) {
      try recognizer.estimate(
        crops: Array(repeating: small, count: 16), spectrogram: [Float](repeating: 0, count: 32_768))
    }
  }

  @Test func labelsMustFitTheModel() {
    #expect(throws: RecognitionError.labels(outputs: 2, labels: 1)) {
      try Recognizer(classifier: FormulaClassifier(outputs: 2), model: model)
    }
  }
}
