import Foundation
import Recognition
import RecognitionFixtures
import Signal
import Tensor
import Testing
import Training

/// The samples that need neither devices nor long recordings give what their comments and articles say.
@Suite struct SampleTests {
  @Test func files() throws {
    #expect(
      try filesSample(path: "/nowhere/missing") == #"{"clip":"clips/1.mp4","faces":3,"seconds":2.56,"speaker":null}"#)
  }

  @Test func lists() throws {
    let list = try listsSample()
    #expect(list.entries.map { $0.video.map(list.resolve) } == ["data/clips/a.mp4", "data/clips/b.mp4"])
    #expect(try list.entries.map { try list.classIndex(of: $0, count: 6) } == [0, 2])
  }

  @Test func numbers() { #expect(tensorSample() == [1, 2, 3, 3, 4, 7]) }

  @Test func checkpoint() throws {
    let store = try inScratchFolder { try checkpointSample(path: $0 + "/model.safetensors") }
    #expect(store.names == ["head.bias"] && store.shape(of: "head.bias") == [3])
    #expect(try store.values(of: "head.bias").array == [0.1, 0.2, 0.3])
  }

  @Test func layers() throws {
    let logits = try layersSample()
    #expect(logits.rows == 2 && logits.columns == 6)
    #expect(logits.array.allSatisfy { $0.isFinite })
  }

  @Test func networks() { #expect(networksSample() == ["voice"]) }

  @Test func model() {
    let logits = hicmaeSample()
    #expect(logits.count == 6 && logits.allSatisfy { $0.isFinite })
  }

  @Test func architectures() { #expect(architecturesSample() == ["hicmae", "vavl"]) }

  @Test func fineTuning() throws {
    let step = try hicmaeTrainingSample(
      video: Matrix(rows: 2, columns: 3 * 16 * 160 * 160), audio: Matrix(rows: 2, columns: 256 * 128), labels: [0, 5])
    #expect(try #require(step).gradientNorm > 0)
  }

  @Test func versatile() {
    let logits = vavlSample()
    #expect(logits.count == 6 && logits.allSatisfy { $0.isFinite })
  }

  @Test func versatileTraining() throws {
    let keys = (0..<2).map { RandomKey(seed: 0, epoch: 0, position: $0) }
    let step = try vavlTrainingSample(
      video: Matrix(rows: 2, columns: 3 * 16 * 160 * 160), audio: Matrix(rows: 2, columns: 256 * 128), labels: [0, 5],
      keys: keys)
    #expect(try #require(step).gradientNorm > 0)
  }

  @Test func training() throws {
    var random = SplitMix64(seed: 1)
    let x = Matrix(FloatBuffer((0..<32).map { _ in random.symmetric() }), rows: 8, columns: 4)
    let target = Matrix(FloatBuffer((0..<8).flatMap { [x[$0, 0], x[$0, 1] - x[$0, 2]] }), rows: 8, columns: 2)
    let losses = try trainingSample(x: x, target: target)
    #expect(losses.count == 50)
    #expect(try #require(losses.last) < losses[0] / 10)
  }

  @Test func windows() { #expect(signalSample() == [0, 0.32, 0.64, 0.96, 1.28]) }

  @Test func modelFolder() throws {
    let config = try modelsSample(path: Sample.root.appending(path: "models/nano").path)
    #expect(config.labels?.names.count == 6)
  }

  @Test func replay() throws {
    let header = SessionCreated(
      version: "0", source: .init(kind: "replay", input: "two seconds of silence", video: nil, audio: nil),
      model: .three, hop: WindowSchedule.usualHop, face: "none", wall: "2026-01-01T00:00:00Z")
    let recognizer = try Recognizer(classifier: FormulaClassifier(), model: .three)
    let text = try recognitionSample(header: header, source: Silence(), recognizer: recognizer, clock: StoppedClock())
    #expect(
      text == """
        seq,start,end,face_id,success,confidence,top,zest,anger,calm
        0,0.0,2.0,,0,,,,,

        """)
  }

  @Test func metrics() throws {
    let confusion = evaluationSample()
    #expect(try #require(confusion.uar).description == "0.8333333333333334")
    #expect(confusion.war == 0.75)
  }

  @Test func session() throws {
    let recording = try sessionsSample(path: Sample.root.appending(path: "recordings/actor-1").path)
    #expect(recording.video != nil && recording.sound != nil)
  }

  @Test func outputs() throws {
    #expect(try inScratchFolder { try outletsSample(events: [], address: "unix:\($0)/mien.sock") } == 2)
  }
}

/// Gives a new folder to `body` and removes it afterwards.
private func inScratchFolder<Result>(_ body: (_ path: String) throws -> Result) throws -> Result {
  let path = FileManager.default.temporaryDirectory.appending(path: "mien-\(UUID().uuidString.prefix(8))").path
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

private final class Silence: ReplaySource {
  let schedule = WindowSchedule()
  let (hasVideo, hasAudio) = (false, true)
  let damage: [String] = []
  private var chunks = [AudioChunk(start: .zero, samples: [Float](repeating: 0, count: 2 * AudioChunk.rate))]

  func nextFrame() -> FaceFrame<FaceCrop>? { nil }
  func nextChunk() -> AudioChunk? { chunks.popLast() }
}

private struct StoppedClock: SessionClock {
  func now() -> Int64 { 0 }
  func wait(until deadline: Int64) {}
}
