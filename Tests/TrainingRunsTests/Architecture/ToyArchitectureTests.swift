import Checkpoint
import Evaluation
import Files
import Foundation
import Layers
import Models
import Networks
import Recognition
import Signal
import Tensor
import TestSupport
import Testing
import Threading
import Training
import TrainingRuns

/// An architecture that is in no list, through the interface alone: from config.json and import to answers, and training.
@Suite(.serialized) struct ToyArchitectureTests {
  private static let known: [any Architecture] = [ToyArchitecture()]
  private static let labels = ["calm", "angry", "glad"]

  /// A model folder that was imported from a checkpoint of fresh weights.
  private func imported(_ toy: ToyList) throws -> ModelFolder {
    let store = try ToySizes(dim: 8, outputs: 3).start(from: nil, seed: 7, takesHead: false)
    try writeSafetensors(store, to: toy / "toy.safetensors")
    return try ModelImport(
      checkpoint: toy / "toy.safetensors", destination: toy / "toy", labels: Labels(Self.labels), among: Self.known
    ).run()
  }

  private func summary(_ config: ModelConfig) -> ModelSummary {
    ModelSummary(
      id: config.id, sha256: config.weights?.sha256, labels: config.labels?.names ?? [], heads: config.heads,
      trained: config.trained)
  }

  private func recognizer(_ folder: ModelFolder) throws -> Recognizer {
    try Recognizer(
      classifier: NetworkClassifier(try folder.load().network, threads: 1, economy: .none),
      model: summary(folder.config), normalisation: folder.config.preprocessing.normalisation)
  }

  @Test func importWritesAConfigThatReadsBack() throws {
    let toy = try ToyList(clips: 1)
    let folder = try imported(toy)
    #expect(folder.config.sizes == ToySizes(dim: 8, outputs: 3) && folder.config.modalities == .audioVideo)
    #expect(folder.config.heads.map(\.name) == ["both", "audio", "video"])
    let json = try JSONValue(parsing: String(contentsOfFile: toy / "toy/config.json", encoding: .utf8))
    #expect(json["architecture"]?.string == "toy" && json["sizes"]?.keys == ["dim", "outputs"])
    try folder.verify()
    #expect(try ModelFolder(toy / "toy", among: Self.known).config == folder.config)
    let unknown = #expect(throws: FileError.self) { try ModelFolder(toy / "toy") }
    #expect(unknown?.problem == "'architecture' is 'toy', but this version knows 'hicmae', 'vavl'")
    let foreign = #expect(throws: FileError.self) {
      try ModelImport(checkpoint: toy / "toy.safetensors", destination: toy / "other", labels: Labels(Self.labels))
        .run()
    }
    #expect(foreign?.problem.hasPrefix("not the weights of a HiCMAE: ") == true)
    let lost = #expect(throws: WeightError.self) { try Self.known.sizes(of: MemoryStore()) }
    #expect(lost?.description == "not the weights of a toy: there is no toy.both.weight")
  }

  @Test func aHeadAnswersWhereItsModalitiesAre() throws {
    let toy = try ToyList(clips: 1)
    let engine = try imported(toy).load(packing: WeightPacking(.f32)).network.engine(EngineOptions(threads: 2))
    let video = FloatBuffer((0..<3 * 16 * 160 * 160).map { Float($0 % 97) / 97 - 0.5 })
    let audio = FloatBuffer((0..<256 * 128).map { Float($0 % 89) / 89 - 0.5 })
    func answers(_ input: NetworkInput) -> [[Float]] {
      let outputs = (0..<3).map { _ in FloatBuffer([9, 9, 9]) }
      engine.answer(input, into: outputs)
      return outputs.map(\.array)
    }
    let whole = answers(NetworkInput(video: video, audio: audio))
    #expect(whole.allSatisfy { $0 != [9, 9, 9] } && Set(whole).count == 3)
    #expect(answers(NetworkInput(video: nil, audio: audio)) == [[9, 9, 9], whole[1], [9, 9, 9]])
    #expect(answers(NetworkInput(video: video, audio: nil)) == [[9, 9, 9], [9, 9, 9], whole[2]])
  }

  /// It was answered by the first head once.
  @Test func aHeadThatTheNetworkLacksIsAMistake() async {
    await #expect(processExitsWith: .failure) {
      guard let network = try? ToySizes(dim: 8, outputs: 3).network(Weights(fresh: 7)) else { exit(0) }
      let classifier = NetworkClassifier(network, threads: 1, economy: .none)
      let (audio, outputs) = (FloatBuffer(count: 256 * 128), FloatBuffer(count: 3))
      let head = Head(name: "nobody", modalities: .audio, outputs: 3)
      try? classifier.outputs(
        of: head, video: FloatBuffer(count: 0), audio: audio, picture: nil, steps: WindowSteps(), into: outputs)
      exit(0)
    }
  }

  @Test func replayAndLiveAndEvaluationAnswer() throws {
    let toy = try ToyList(clips: 1)
    let folder = try imported(toy)
    let hop = Instant(nanoseconds: 320_000_000)
    func header(zero: Int64?) -> SessionCreated {
      let devices = SessionCreated.Source(
        camera: .init(name: "camera"), microphone: .init(name: "microphone"), video: nil, audio: nil)
      return SessionCreated(
        version: "0",
        source: zero == nil ? .init(kind: "file", input: "clip.mp4", video: nil, audio: nil) : devices,
        model: summary(folder.config), hop: hop, face: "largest", wall: "2026-01-02T03:04:05.678Z", zero: zero)
    }
    var replayed: [EmotionResult] = []
    let replay = ReplaySession(
      header: header(zero: nil), source: MadeUpSource(), recognizer: try recognizer(folder), speed: nil,
      clock: StillClock(), stop: { nil }, sink: { if case .result(let result) = $0 { replayed.append(result) } })
    _ = try replay.run()
    #expect(replayed.count == 2 && replayed.allSatisfy { $0.estimate?.values.count == 3 })

    let lines = Guarded<[EmotionResult]>([])
    let zero = MonotonicClock.now()
    let live = LiveSession(
      header: header(zero: zero), recognizer: try recognizer(folder), wall: { "2026-01-02T03:04:05.678Z" },
      losses: { LiveLosses() }, verdict: { _ in },
      sink: { if case .result(let result) = $0 { lines.withLock { $0.append(result) } } })
    live.device(.camera, .opened, "opened")
    live.device(.microphone, .opened, "opened")
    for i in 0..<75 { _ = live.frame(MadeUpSource.frame(i)) }
    for i in 0..<30 { _ = live.sound(MadeUpSource.sound(i, zero: zero), id: i) }
    live.stop(.sigint)
    #expect(live.wait().failure == nil)
    // A window may be skipped for a newer one; what is answered is answered as in replay.
    let said = lines.withLock { $0 }
    #expect(!said.isEmpty && said.allSatisfy { $0.estimate?.values == replayed[$0.sequence].estimate?.values })

    // Sound alone is answered by the head that rests on it.
    let whole = try recognizer(folder).estimate(crops: MadeUpSource.crops, spectrogram: MadeUpSource.spectrogram)
    let heard = try recognizer(folder).estimate(crops: nil, spectrogram: MadeUpSource.spectrogram)
    #expect(heard != nil && heard != whole)
    #expect(try recognizer(folder).estimate(crops: nil, spectrogram: nil) == nil)

    let evaluator = Evaluator(recognizer: try recognizer(folder), sampling: EvaluationSampling())
    let prediction = try evaluator.predict(MadeUpClip())
    #expect(prediction.values?.count == 3 && prediction.views.count == 2)
    // Where no face is found, or too few pictures for views, sound alone answers, as for a clip without pictures.
    let heardAlone = try evaluator.predict(MadeUpClip(hasVideo: false))
    #expect(heardAlone.values?.count == 3 && heardAlone != prediction)
    #expect(try evaluator.predict(MadeUpClip(hasFace: false)) == heardAlone)
    #expect(try evaluator.predict(MadeUpClip(frames: 5000)) == heardAlone)
  }

  @Test func benchTimesIt() throws {
    let toy = try ToyList(clips: 1)
    let measured = Benchmark(try imported(toy).load().network, threads: 1, runs: 2)
    #expect(measured.logits.count == 3 && measured.seconds.count == 2 && measured.sizes.gigaflops > 0)
    let steps = try TrainingBenchmark(ToySizes(dim: 8, outputs: 3), batch: 2, threads: 1, precision: .f32, steps: 2)
    #expect(steps.seconds.count == 2 && steps.loss.isFinite)
    #expect(ToySizes(dim: 8, outputs: 3).kernels(WeightPacking(.f32)).isEmpty)
  }

  /// Four steps at once, and two, a stop, and two more, are the same bits; the checkpoint is a model folder of the toy.
  @Test func fineTuningGoesOn() throws {
    let toy = try ToyList(clips: 6)
    _ = try imported(toy)
    let start = try StartingPoint(toy / "toy", among: Self.known)
    let before = try #require(start.sizes as? ToySizes)
    var settings = try toy.finetuning(steps: 4) { $0.validation = $0.data }
    let request = FineTuningRequest(outputs: 3, modalities: before.modalities)
    settings.model = .init(before.fineTuning(request))
    #expect(try toy.run("whole", settings, from: start.store).run().end == .done)
    var steps = 0
    let interrupted = try toy.run("parted", settings, from: start.store).run(
      stop: { steps >= 2 }, observe: { if case .step(let step) = $0 { steps = step.step + 1 } })
    #expect(interrupted.end == .interrupted)
    #expect(try toy.run("parted", settings, resumes: true).run().end == .done)
    for file in ["model.safetensors", "optimizer.safetensors"] {
      let isSame = try toy.bytes("whole/last/\(file)") == toy.bytes("parted/last/\(file)")
      #expect(isSame, "\(file)")
    }
    let json = try JSONValue(parsing: String(contentsOfFile: toy / "whole/config.json", encoding: .utf8))
    #expect(json["model"]?["architecture"]?.string == "toy" && json["model"]?["dim"]?.int == 8)
    #expect(try RunSettings(file: toy / "whole/config.json", among: Self.known) == settings)
    #expect(throws: FileError.self) { try RunSettings(file: toy / "whole/config.json") }
    let trained = try ModelFolder(toy / "whole/best", among: Self.known)
    #expect(trained.config.sizes == AnySizes(settings.model.sizes) && trained.config.labels?.names == Self.labels)
    #expect(try recognizer(trained).estimate(crops: MadeUpSource.crops, spectrogram: MadeUpSource.spectrogram) != nil)
    let card = try String(contentsOfFile: toy / "whole/last/README.md", encoding: .utf8)
    #expect(card.contains("toy for classification.") && card.contains("- Sizes: dim 8; senses: av"))
    let losses = try toy.records("whole").compactMap { if case .step(let step) = $0 { step } else { nil } }
    #expect(losses.count == 4 && losses.allSatisfy { $0.video != nil && $0.audio != nil && $0.contrast == nil })
  }
}
