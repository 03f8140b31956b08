public import Models
internal import Networks
public import Signal
internal import Tensor

/// From a window to an answer: normalises both modalities into two buffers of its own and runs the model.
///
/// Knows neither where windows come from nor where answers go. Not for two threads at once, and for one session: windows of
/// another one have the same numbers and times, by which it knows what it has seen.
public final class Recognizer {
  public let model: ModelSummary
  /// Which head answers, and what its outputs say.
  public let rule: AnswerRule

  private let classifier: any WindowClassifier
  /// Of the classifier's shapes, written anew for every window; zeros for a modality that the model does not have.
  private let video: FloatBuffer
  private let audio: FloatBuffer
  private let outputs: FloatBuffer
  /// Of the faces of a window, and their side in pixels.
  private let frames, side: Int
  private let writer: InputWriter
  /// Whose picture `video` holds; nil: unknown.
  private var filled: PictureSource?
  private var slots = PictureSlots()
  /// Windows that were asked for outside of a stream.
  private var asked = 0

  /// - Throws: `RecognitionError.labels` if the classifier and the labels do not fit each other, `.inputs` if the
  ///   classifier takes what a stream does not make.
  public init(
    classifier: any WindowClassifier, model: ModelSummary, normalisation: InputNormalisation = InputNormalisation()
  ) throws {
    let names = model.labels.count + model.attributes.count
    guard classifier.outputs == names else {
      throw RecognitionError.labels(outputs: classifier.outputs, labels: names)
    }
    (self.classifier, self.model, writer) = (classifier, model, InputWriter(normalisation))
    rule = AnswerRule(model)
    let inputs = classifier.inputs
    switch inputs.video {
    case nil: (frames, side) = (0, 0)
    case .pictures(let frames, let side): (self.frames, self.side) = (frames, side)
    default: throw RecognitionError.inputs
    }
    switch inputs.audio {
    case nil, .spectrogram: break
    default: throw RecognitionError.inputs
    }
    video = FloatBuffer(count: inputs.video?.count ?? 0)
    audio = FloatBuffer(count: inputs.audio?.count ?? 0)
    video.base.update(repeating: 0, count: video.count)
    audio.base.update(repeating: 0, count: audio.count)
    outputs = FloatBuffer(count: classifier.outputs)
  }

  /// The outputs for the parts of a question, in their order.
  /// - Throws: `RecognitionError`, or the classifier's own.
  public func outputs(_ question: WindowQuestion<FaceCrop>) throws -> [[Float]] {
    let window = question.window
    if question.parts.contains(where: \.head.modalities.hasAudio) {
      guard let spectrogram = window.audio.spectrogram else {
        preconditionFailure("a head that needs audio was asked without")
      }
      fillAudio(spectrogram)
    }
    if question.parts.contains(where: \.head.modalities.hasVideo) {
      slots.keep(people: window.people.map(\.face.id))
    }
    return try question.parts.map { part in
      let person = part.person.map { window.people[$0] }
      let steps = WindowSteps(window, person: person)
      guard let person else { return try run(part.head, nil, steps) }
      guard let crops = person.crops else { preconditionFailure("a head that needs video was asked without") }
      let source = PictureSource(window: person.reusedFrom ?? window.index, person: person.face.id)
      return try outputs(of: part.head, crops, from: source, steps)
    }
  }

  /// The model's answer for 16 crops, oldest first, and a 256 × 128 spectrogram that is not yet normalised; nil where a
  /// modality that every head needs is missing.
  ///
  /// - Parameters:
  ///   - crops: nil: there is no picture.
  ///   - spectrogram: nil: there is no sound.
  ///   - frames: which frame each crop is; equal ones need to be encoded once. nil: nobody knows.
  /// - Throws: `RecognitionError`, or the classifier's own.
  public func estimate(crops: [FaceCrop]?, spectrogram: [Float]?, frames: [Int]? = nil) throws -> Estimate? {
    let present = Modalities(video: crops != nil, audio: spectrogram != nil)
    guard let head = rule.head(for: present) else { return nil }
    // What the head does not look at stays zero.
    if head.modalities.hasAudio, let spectrogram { fillAudio(spectrogram) }
    var slot: PictureSlot?
    if head.modalities.hasVideo, let crops {
      // Nobody knows whose they are, so nothing that is kept is of use, now or later.
      slots.keep(people: [])
      slot = PictureSlot(index: 0, isSame: false)
      filled = nil
      try fillVideo(crops)
    }
    var steps = WindowSteps()
    asked += 1
    steps.frames = frames.map { $0.map { StepKey(place: $0, source: asked) } }
    return rule.estimate(try run(head, slot, steps), of: head)
  }

  /// The outputs for one person's picture; the sound has been filled in.
  private func outputs(
    of head: Head, _ crops: [FaceCrop], from source: PictureSource, _ steps: WindowSteps
  ) throws -> [Float] {
    if filled != source {
      filled = nil
      try fillVideo(crops)
      filled = source
    }
    let slot = slots.take(source)
    let values = try run(head, slot, steps)
    slots.finish(source, in: slot)
    return values
  }

  /// Runs the model on what is filled in.
  /// - Parameters:
  ///   - head: the head that answers.
  ///   - picture: nil: the head does not look at `video`.
  ///   - steps: which frames and rows other windows have, too.
  private func run(_ head: Head, _ picture: PictureSlot?, _ steps: WindowSteps) throws -> [Float] {
    try classifier.outputs(of: head, video: video, audio: audio, picture: picture, steps: steps, into: outputs)
    // Another head may have left attributes that this one does not answer.
    let values = Array(outputs.array.prefix(head.outputs + (head.beside(in: model.heads)?.outputs ?? 0)))
    if let broken = values.firstIndex(where: { !$0.isFinite }) {
      throw RecognitionError.notFinite(label: (model.labels + model.attributes)[broken])
    }
    return values
  }

  private func fillVideo(_ crops: [FaceCrop]) throws {
    precondition(crops.count == frames, "\(crops.count) crops in a window of \(frames)")
    if let other = crops.first(where: { $0.side != side }) {
      throw RecognitionError.crop(side: other.side, wanted: side)
    }
    writer.write(crops, side: side, to: UnsafeMutableBufferPointer(start: video.base, count: video.count))
  }

  private func fillAudio(_ spectrogram: [Float]) {
    writer.write(spectrogram: spectrogram, to: UnsafeMutableBufferPointer(start: audio.base, count: audio.count))
  }
}
