import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training
import VAVL
import VAVLTraining

/// The head of actions: what a face does in the newest frame, read from the picture alone.
@Suite struct ActionsTests {
  private static var sizes: VAVLSizes { StepCacheTests.acting }

  @Test func oneHeadOfThePictureBesideThoseOfClasses() {
    let heads = Self.sizes.heads
    #expect(heads.map(\.name) == ["both", "audio", "video", "video_actions"])
    #expect(heads.map(\.isMomentary) == [false, false, false, true])
    #expect(heads[3].modalities == .video && heads[3].task == .regression && heads[3].outputs == 2)
    #expect(heads.map { $0.beside(in: heads)?.name } == ["video_actions", nil, "video_actions", nil])
    #expect(Self.sizes.summary.contains("2 actions") && StepCacheTests.sizes.summary.contains("2 attributes"))
  }

  /// An older frame changes what the classes are, and no bit of the actions; the newest one changes both.
  @Test func followsTheNewestFrameAlone() throws {
    let engine = Self.sizes.freshNetwork(seed: 3).engine(EngineOptions())
    let truth = StepCacheTests.answers(engine, StepCacheTests.window(firstFrame: 0, firstRow: 0), Self.sizes.heads)
    for (frame, follows) in [(0, false), (14, false), (15, true)] {
      let input = StepCacheTests.window(firstFrame: 0, firstRow: 0)
      let video = try #require(input.video)
      for place in 0..<25_600 { video.base[frame * 25_600 + place] += 1 }
      let found = StepCacheTests.answers(engine, input, Self.sizes.heads)
      #expect(found[0] != truth[0] && found[2] != truth[2] && found[1] == truth[1], "frame \(frame)")
      #expect((found[3] != truth[3]) == follows, "frame \(frame)")
    }
  }

  /// Clips of a learner one by one and together, and as the engine answers them: classes, and actions behind them.
  @Test func learnerAndEngineGiveTheSame() throws {
    let fresh = Weights(fresh: 3)
    _ = try VAVLModel(Self.sizes, fresh)
    let learner = try VAVLLearner(Self.sizes, Weights(reading: fresh.store))
    let answers = try learner.answers(of: nil)
    let engine = try Self.sizes.network(Weights(reading: fresh.store)).engine(EngineOptions())
    let windows = [0, 40].map { StepCacheTests.window(firstFrame: $0, firstRow: 10 * $0) }
    func joined(_ part: KeyPath<NetworkInput, FloatBuffer?>) -> Matrix {
      let values = windows.flatMap { $0[keyPath: part]?.array ?? [] }
      return Matrix(FloatBuffer(values), rows: 2, columns: values.count / 2)
    }
    func said(_ video: Matrix?, _ audio: Matrix?) -> [Float] {
      let key = RandomKey(seed: 0, epoch: 0, position: 0)
      let count = (video ?? audio)?.rows ?? 0
      return answers(
        TrainingBatch(video: video, audio: audio, clips: Array(repeating: key, count: count), key: key))
    }
    let (video, audio) = (joined(\.video), joined(\.audio))
    for (there, head) in [(Modalities.audioVideo, 0), (.audio, 1), (.video, 2)] {
      let (seen, heard) = (there.hasVideo ? video : nil, there.hasAudio ? audio : nil)
      let found = said(seen, heard)
      #expect(found.count == (there == .audio ? 6 : 10))
      #expect(
        (0..<2).flatMap { said(seen?.rows($0..<$0 + 1), heard?.rows($0..<$0 + 1)) } == found, "\(there)")
      for (clip, window) in windows.enumerated() {
        let input = NetworkInput(
          video: there.hasVideo ? window.video : nil, audio: there.hasAudio ? window.audio : nil)
        let truth = StepCacheTests.answers(engine, input, Self.sizes.heads)
        let wanted = truth[head] + (there.hasVideo ? truth[3] : [])
        let own = found[(clip * wanted.count)..<((clip + 1) * wanted.count)]
        #expect(zip(own, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(there), clip \(clip)")
      }
    }
    // Two windows at once.
    let outputs = Self.sizes.heads.map { FloatBuffer(count: 2 * $0.outputs) }
    engine.answer(NetworkInput(video: video.buffer, audio: audio.buffer), into: outputs)
    let found = said(video, audio)
    for clip in 0..<2 {
      let wanted = outputs[0].array[(3 * clip)..<(3 * clip + 3)] + outputs[3].array[(2 * clip)..<(2 * clip + 2)]
      #expect(zip(found[(5 * clip)..<(5 * clip + 5)], wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "clip \(clip)")
    }
  }

  /// What a face does is known of clips with a picture; sound trains its own head, and not that of actions.
  @Test func clipsWithoutAPictureTrainWithoutIt() throws {
    let window = StepCacheTests.window(firstFrame: 0, firstRow: 0)
    let (video, audio) = try (#require(window.video), #require(window.audio))
    func gradient(_ present: Modalities) throws -> (loss: BatchLosses, actions: Double, audio: Double) {
      let learner = try VAVLLearner(Self.sizes, Weights(fresh: 3))
      let key = RandomKey(seed: 0, epoch: 0, position: 0)
      var batch = TrainingBatch(
        video: Matrix(FloatBuffer(video.array + video.array), rows: 2, columns: video.count),
        audio: Matrix(FloatBuffer(audio.array + audio.array), rows: 2, columns: audio.count), clips: [key, key],
        key: key)
      batch.present = [present, present]
      let losses = learner.addGradients(
        batch,
        .tasks(
          classification: .classes(Losses.targets(labels: [0, 2], classes: 3, smoothing: 0)),
          regression: .meanSquaredError(Matrix(FloatBuffer([0, 1, 0.5, 0.25]), rows: 2, columns: 2))))
      #expect(learner.bad == nil && losses.total.isFinite)
      func norm(_ prefix: String) -> Double {
        learner.parameters.entries.filter { $0.name.hasPrefix(prefix) }
          .reduce(0) { $0 + learner.parameters.gradientNorm($1) }
      }
      return (losses, norm("heads.video_actions"), norm("heads.audio"))
    }
    let (heard, seen) = try (gradient(.audio), gradient(.video))
    #expect(heard.actions == 0 && heard.audio > 0 && heard.loss.video == nil)
    #expect(seen.actions > 0 && seen.audio == 0 && seen.loss.audio == nil)
  }

  /// The gradient on the way through the newest step's token alone, against differences of the loss.
  @Test func gradientsAreDifferencesOfTheLoss() throws {
    var sizes = VAVLSizes(width: 16, attentionHeads: 2, video: .light(channels: [4, 4]), audio: nil)
    (sizes.blocks, sizes.sharedBlocks, sizes.taps, sizes.classes, sizes.attributes) = (1, 1, 3, 2, 3)
    (sizes.readsActions, sizes.reconstructs) = (true, false)
    let learner = try VAVLLearner(sizes, Weights(fresh: 5))
    learner.dropout = 0
    let count = 3 * 16 * 160 * 160
    let keys = (0..<3).map { RandomKey(seed: 0, epoch: 0, position: $0) }
    var batch = TrainingBatch(
      video: Matrix(Hashed.values("video", count: 3 * count), rows: 3, columns: count), audio: nil, clips: keys,
      key: keys[0])
    // A still is one frame, and its own newest one.
    batch.videoFrames = [1, 16, 5]
    // No clip has a class, so nothing but the actions trains.
    let classes = Matrix(FloatBuffer([Float](repeating: .nan, count: 6)), rows: 3, columns: 2)
    let truth = Matrix(FloatBuffer([0, 0.5, 1, 0.2, 0.1, 0, 0.9, 0.4, 0.3]), rows: 3, columns: 3)
    func loss() -> Double {
      learner.parameters.clearGradients()
      return learner.addGradients(
        batch, .tasks(classification: .classes(classes), regression: .meanSquaredError(truth))
      ).total
    }
    _ = loss()
    let parameters = learner.parameters
    let found = parameters.gradients.array
    var (errors, trained): ([Double], Set<String>) = ([], [])
    for entry in parameters.entries where learner.rule(entry).rateFactor > 0 {
      let gradient = found[entry.range]
      let place = gradient.indices.max { abs(gradient[$0]) < abs(gradient[$1]) } ?? entry.range.lowerBound
      if gradient[place] != 0 { trained.insert(entry.name) }
      guard abs(gradient[place]) > 2e-3 else { continue }
      let value = parameters.values.base + place
      let (kept, step) = (value.pointee, Float(1e-3))
      value.pointee = kept + step
      let above = loss()
      value.pointee = kept - step
      let below = loss()
      value.pointee = kept
      let difference = (above - below) / Double(2 * step)
      errors.append(abs(difference - Double(gradient[place])) / max(abs(difference), 0.05))
    }
    // A difference may step over the bend of a ReLU, and then says nothing.
    let far = errors.count { $0 > 0.03 }
    #expect(errors.count > 10 && far * 5 < errors.count, "\(far) of \(errors.count): \(errors.max() ?? 0)")
    // Neither blocks nor heads of classes are on the way.
    #expect(
      trained.allSatisfy {
        $0.hasPrefix("video.encoder.") || $0.hasPrefix("video.widen.") || $0.hasPrefix("heads.video_actions.")
      }, "\(trained.sorted())")
    #expect(trained.count > 10)
  }
}
