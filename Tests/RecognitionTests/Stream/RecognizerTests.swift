import Networks
import Recognition
import RecognitionFixtures
import Signal
import Tensor
import Testing

/// Keeps the first values that it is given.
private final class Recorder: WindowClassifier {
  let outputs = 1
  var video: [Float] = []
  var audio: [Float] = []
  var samePictures: [Bool] = []

  func outputs(
    of head: Head, video: FloatBuffer, audio: FloatBuffer, picture: PictureSlot?, steps: WindowSteps,
    into outputs: FloatBuffer
  ) throws {
    (self.video, self.audio) = (video.array, audio.array)
    samePictures.append(picture?.isSame ?? false)
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

  /// A picture is the same where it is the same window's, whichever window came between without one.
  @Test func saysWhichPictureWasThere() throws {
    let recorder = Recorder()
    let recognizer = try Recognizer(classifier: recorder, model: model)
    func window(_ index: Int, reusedFrom: Int? = nil, sound: Bool = true) -> Window<FaceCrop> {
      let crop = FaceCrop(side: 160, pixels: [UInt8](repeating: UInt8(reusedFrom ?? index), count: 160 * 160 * 3))
      let face = FollowedFace(
        id: 2, box: PixelBox(x: 0, y: 0, width: 9, height: 9), square: FaceSquare(centerX: 4, centerY: 4, side: 9))
      var person = Window<FaceCrop>.Person(face: face, crops: Array(repeating: crop, count: 16), slots: 16)
      person.reusedFrom = reusedFrom
      let spectrogram = sound ? [Float](repeating: 0, count: 32_768) : nil
      return Window(
        index: index, start: .zero, end: .zero, people: [person], video: .init(frames: 16, dropped: 0),
        audio: .init(spectrogram: spectrogram, coverage: 1, level: nil))
    }
    var answers = WindowAnswers<FaceCrop>(model: model, hasVideo: true, hasAudio: true, of: "recording")
    func ask(_ window: Window<FaceCrop>) throws {
      if let question = answers.take(window).question { _ = try recognizer.outputs(question) }
    }
    for next in [window(0), window(1, reusedFrom: 0), window(2, sound: false), window(3, reusedFrom: 0), window(4)] {
      try ask(next)
    }
    // The window that it rests on was skipped.
    try ask(window(7, reusedFrom: 6))
    let wanted = (Float(6) / 255 - 0.485) / 0.229
    #expect(abs(recorder.video[0] - wanted) < 1e-6)
    try ask(window(8, reusedFrom: 6))
    let crops = try #require(window(8).people[0].crops)
    _ = try recognizer.estimate(crops: crops, spectrogram: [Float](repeating: 0, count: 32_768))
    try ask(window(9, reusedFrom: 6))
    #expect(recorder.samePictures == [false, true, true, false, false, true, false, false])
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
