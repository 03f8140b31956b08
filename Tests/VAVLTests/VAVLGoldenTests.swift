import Foundation
import Layers
import Networks
import Tensor
import TestSupport
import Testing
import Training
import VAVL
import VAVLTraining

/// Answers, losses, gradients and running moments of one training step of a batch in which clips lack modalities, beside
/// values computed in float64 by another implementation (Tests/Golden/make_vavl.py).
@Suite(.serialized) struct VAVLGoldenTests {
  struct Golden: Decodable {
    let seed: String
    let sizes: VAVLSizes
    let names: [String: [Int]]
    let present: [String]
    let lengths: [String: [Int?]]
    let labels: [Int]
    let attributes: [[Double]]
    let answers, recognition: [String: [[Double]]]
    let losses: [String: Double]
    let total: Double
    let gradientNorms: [String: Double]
    let running: [String: Double]

    enum CodingKeys: String, CodingKey {
      case seed, sizes, names, present, lengths, labels, attributes, answers, recognition, losses, total, running
      case gradientNorms = "gradient_norms"
    }

    var store: HashedStore {
      HashedStore(names.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, seed: seed)
    }

    /// What a clip of a batch that lacks a modality has in its place must not matter: it is NaN.
    func batch() -> TrainingBatch {
      func rows(_ modality: Modality, _ name: String) -> Matrix {
        let shape = modality == .video ? sizes.inputs.video : sizes.inputs.audio
        let matrix = Matrix(rows: present.count, columns: shape?.count ?? 0)
        for clip in present.indices {
          let isThere = present[clip].contains(modality.rawValue)
          let values = Hashed.values("\(seed)/\(name) \(clip)", count: matrix.columns)
          for column in 0..<matrix.columns { matrix[clip, column] = isThere ? values.base[column] : .nan }
        }
        return matrix
      }
      let keys = present.indices.map { RandomKey(seed: 0, epoch: 0, position: $0) }
      var batch = TrainingBatch(video: rows(.video, "video"), audio: rows(.audio, "audio"), clips: keys, key: keys[0])
      batch.present = present.map { Modalities($0) ?? [] }
      if case .features = sizes.video {
        batch.videoLengths = lengths["video"]?.map { $0 ?? 1 }
        batch.audioLengths = lengths["audio"]?.map { $0 ?? 1 }
      }
      return batch
    }

    func objective(classes: Int) -> Objective {
      let labels = Objective.classes(Losses.targets(labels: labels, classes: classes, smoothing: 0.1))
      guard sizes.attributes > 0 else { return labels }
      let values = FloatBuffer(attributes.flatMap { $0.map(Float.init) })
      return .tasks(
        classification: labels,
        regression: .concordance(Matrix(values, rows: attributes.count, columns: sizes.attributes)))
    }
  }

  @Test(arguments: ["features", "light", "actions"]) func aTrainingStep(name: String) throws {
    let golden = try GoldenFile.read(Golden.self, "vavl_\(name).json", of: .module)
    let learner = try VAVLLearner(golden.sizes, Weights(reading: golden.store), threads: 2)
    learner.dropout = 0
    let losses = learner.addGradients(golden.batch(), golden.objective(classes: golden.sizes.classes))
    #expect(learner.bad == nil)
    let error = abs(losses.total / golden.total - 1)
    #expect(error < 1e-5, "\(name): \(losses.total) instead of \(golden.total)")
    // Of one modality: classes, attributes, and twice the reconstruction.
    for (modality, found) in [("video", losses.video), ("audio", losses.audio)] {
      let truth =
        [modality, "\(modality)_attributes", "\(modality)_actions"].reduce(0) { $0 + (golden.losses[$1] ?? 0) }
        + 2 * (golden.losses["reconstruction \(modality)"] ?? 0)
      #expect(abs((found ?? 0) / truth - 1) < 1e-5, "\(name), \(modality): \(found ?? 0) instead of \(truth)")
    }
    var worst = WorstDifference()
    for entry in learner.parameters.entries where BatchNorm.runningNames.allSatisfy({ !entry.name.hasSuffix($0) }) {
      let truth = try #require(golden.gradientNorms[entry.name], "no gradient of \(entry.name)")
      let found = learner.parameters.gradientNorm(entry)
      worst.see(entry.name, found, truth, difference: abs(found - truth) / max(truth, 1e-3))
    }
    #expect(worst.value < 1e-3, "\(name): gradient norms, \(worst)")
    var moments = WorstDifference()
    for (path, truth) in golden.running {
      let entry = try #require(learner.parameters[path])
      let sum = entry.range.reduce(0) { $0 + Double(learner.parameters.values.base[$1]) }
      moments.see(path, sum, truth)
    }
    #expect(moments.value < 1e-4 && golden.running.count > 5, "\(name): running moments, \(moments)")
    print("VAVL \(name): loss, relative: \(error); gradient norms, relative: \(worst); running moments: \(moments)")
  }

  /// With the weights as they were read, by running moments; plain and folded, at every level and precision.
  @Test(arguments: ["features", "light", "actions"]) func recognition(name: String) throws {
    let golden = try GoldenFile.read(Golden.self, "vavl_\(name).json", of: .module)
    let batch = golden.batch()
    for level in KernelLevel.available {
      for precision in Precision.allCases where precision.running(at: level) == precision {
        let weights = Weights(reading: golden.store, packing: WeightPacking(precision, level: level))
        let model = try VAVLModel(golden.sizes, weights)
        let operations = Operations(threads: 2, level: level, packing: model.packing)
        var worst = WorstDifference()
        for (index, head) in golden.sizes.heads.enumerated() {
          let clips = golden.present.indices.filter { batch.modalities(ofClip: $0).isSuperset(of: head.modalities) }
          for (row, clip) in clips.enumerated() {
            operations.reset()
            func summary(_ modality: Modality, _ all: Matrix?) -> Matrix? {
              guard let all, batch.modalities(ofClip: clip).contains(Modalities(modality)) else {
                return nil
              }
              let lengths = batch.length(ofClip: clip, modality).map { [$0] }
              return model.summary(
                all.rows(clip..<clip + 1), lengths: lengths, modality, operations)
            }
            let newest = batch.video.flatMap { video -> Matrix? in
              guard head.modalities == .video, let branch = model.branch(.video) else { return nil }
              let features = model.features(video.rows(clip..<clip + 1), .video, training: nil, operations)
              let length = batch.length(ofClip: clip, .video) ?? branch.steps
              return model.newest(
                model.tokens(features, .video, operations), PaddedSequences(tokens: branch.steps, lengths: [length]),
                .video, operations)
            }
            let found = model.answer(
              index, video: summary(.video, batch.video), audio: summary(.audio, batch.audio), newest: newest,
              training: nil, operations)
            for column in 0..<head.outputs {
              let truth = golden.recognition[head.name]?[row][column] ?? .nan
              worst.see("\(head.name), clip \(clip), \(column)", Double(found[0, column]), truth)
            }
          }
        }
        let allowed = precision == .f32 ? 2e-5 : 0.1
        #expect(worst.value < allowed, "\(name), \(level), \(precision): \(worst)")
        print("VAVL \(name), \(level), \(precision): answers: \(worst)")
      }
    }
  }
}
