import Glibc
import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import Testing
import Training

/// 64 clips of four kinds: a bar that moves down the picture while a tone climbs the spectrogram, with noise from a seed.
private struct ToySet {
  let video, audio: [Matrix]
  let masks: [PretrainingMask]
  let labels: [[Int]]

  /// In batches of 4.
  init(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var batches: [(video: Matrix, audio: Matrix, mask: PretrainingMask, labels: [Int])] = []
    for _ in 0..<16 {
      let video = Matrix(rows: 4, columns: Configuration.videoGrid.values)
      let audio = Matrix(rows: 4, columns: Configuration.audioGrid.values)
      var labels: [Int] = []
      for clip in 0..<4 {
        let (kind, phase) = (Int(generator.next() % 4), Float(generator.next() % 100) / 100)
        labels.append(kind)
        let (pixels, bins) = (video.rows(clip..<clip + 1), audio.rows(clip..<clip + 1))
        for row in 0..<3 * 16 * 160 {
          let (frame, y) = (row / 160 % 16, row % 160)
          let value = sinf(0.05 * Float(kind + 1) * Float(y) + 0.4 * Float(frame) + 6 * phase)
          for x in 0..<160 { pixels[0, row * 160 + x] = value + 0.1 * generator.symmetric() }
        }
        for time in 0..<256 {
          for bin in 0..<128 {
            bins[0, time * 128 + bin] =
              sinf(0.08 * Float(kind + 1) * Float(bin) + 0.05 * Float(time) + 6 * phase) + 0.1 * generator.symmetric()
          }
        }
      }
      batches.append((video, audio, PretrainingMask(batch: 4, using: &generator), labels))
    }
    (video, audio) = (batches.map(\.video), batches.map(\.audio))
    (masks, labels) = (batches.map(\.mask), batches.map(\.labels))
  }
}

/// Each of the paper's three hierarchical parts, switched off on the toy set.
@Suite(.serialized) struct AblationTests {
  private static let toys = ToySet(seed: 64)
  private static let backbone = Configuration(dim: 64, videoDepth: 2, audioDepth: 2, fusionDepth: 1, outputs: 0)

  private func learner(
    skips: Bool = true, decoderDepth: Int = 3, contrast: Double = 0.0025
  ) throws -> PretrainingLearner {
    let sizes = PretrainingConfiguration(
      backbone: Self.backbone, decoderDim: 64, decoderDepth: decoderDepth, layers: [1, 2], skips: skips)
    let learner = try PretrainingLearner(sizes, Weights(fresh: 7), threads: 2)
    learner.contrastWeight = contrast
    return learner
  }

  private func run(_ learner: PretrainingLearner, batch: Int = 0) -> PretrainingLosses {
    learner.parameters.clearGradients()
    let toys = Self.toys
    return learner.addGradients(video: toys.video[batch], audio: toys.audio[batch], mask: toys.masks[batch])
  }

  private func gradients(_ parameters: ParameterSet, _ prefix: String) -> [Float] {
    parameters.entries.filter { $0.name.hasPrefix(prefix) }.flatMap { entry in
      entry.range.map { parameters.gradients.base[$0] }
    }
  }

  /// Off, the loss is reconstruction alone. What contrast adds to the gradient is proportional to its weight, and reaches
  /// the encoders only: it is taken before fusion.
  @Test func contrast() throws {
    let (off, on, twice) = (try learner(contrast: 0), try learner(contrast: 0.5), try learner(contrast: 1))
    let (without, with, more) = (run(off), run(on), run(twice))
    #expect(try without.contrast == 0 && without.total == #require(without.video) + #require(without.audio))
    #expect(with.video == without.video && with.audio == without.audio && with.contrast == more.contrast)
    #expect(with.contrast > 0 && with.total > without.total)
    for room in ["decoder", "encoder_fusion", "mask_token", "encoder_to_decoder"] {
      #expect(gradients(on.parameters, room) == gradients(off.parameters, room), "\(room)")
    }
    for room in ["encoder.", "encoder_audio."] {
      let (none, one, two) = (
        gradients(off.parameters, room), gradients(on.parameters, room), gradients(twice.parameters, room)
      )
      let (first, second) = (zip(one, none).map { $0 - $1 }, zip(two, none).map { $0 - $1 })
      let length = first.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let error = zip(first, second).reduce(0) { $0 + (2 * $1.0 - $1.1) * (2 * $1.0 - $1.1) }.squareRoot()
      #expect(length > 0 && error < 1e-3 * length, "\(room): \(error) of \(length)")
    }
  }

  /// An epoch over the 64 clips with contrast finds partners better than one without.
  @Test func contrastPullsPartnersTogether() throws {
    let contrasts = try [1.0, 0].map { weight in
      // Decoders cost most and matter least here.
      let learner = try learner(decoderDepth: 1, contrast: weight)
      let optimiser = AdamW(learner.parameters, beta2: 0.95, rule: UpdateRule.pretraining)
      for batch in 0..<16 {
        _ = run(learner, batch: batch)
        optimiser.step(rate: 1e-3, learner.operations)
      }
      // The weight says nothing about the value.
      learner.contrastWeight = 1
      return run(learner).contrast
    }
    #expect(contrasts[0] < 0.9 * contrasts[1], "\(contrasts)")
  }

  /// Off, decoders are those whose looks at the encoder say nothing: the same losses to the bit, and no parameters for
  /// them. Then the encoder's first layers are reached through the last alone.
  @Test func skips() throws {
    let (off, silent, on) = (try learner(skips: false), try learner(), try learner())
    for entry in silent.parameters.entries where entry.name.hasPrefix("decoder") {
      guard entry.name.hasSuffix("cross_attn.proj.weight") else { continue }
      // Its bias is zero when it is fresh.
      for place in entry.range { silent.parameters.values.base[place] = 0 }
    }
    let (without, mute, with) = (run(off), run(silent), run(on))
    #expect(without == mute && with.video != without.video && with.audio != without.audio)
    #expect(with.contrast == without.contrast)
    let (names, all) = (Set(off.parameters.entries.map(\.name)), Set(on.parameters.entries.map(\.name)))
    let lost = all.subtracting(names)
    #expect(names.isSubset(of: all) && lost.allSatisfy { $0.hasPrefix("decoder") && $0.contains("cross_") })
    #expect(lost.count == 2 * 2 * 10)
    for room in ["encoder.blocks.0.", "encoder_audio.blocks.0."] {
      let (a, b) = (gradients(on.parameters, room), gradients(off.parameters, room))
      #expect(gradients(silent.parameters, room) == b)
      let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      #expect(difference > 0.01 * b.reduce(0) { $0 + $1 * $1 }.squareRoot(), "\(room)")
    }
  }

  /// Off, the head reads the last layer alone, as if its share were 1: the same loss to the bit, other shares give
  /// another one, and there are no layer weights.
  @Test func layerFusion() throws {
    var sizes = Self.backbone
    sizes.outputs = 4
    let on = try FineTuningLearner(sizes, Weights(fresh: 7), threads: 2)
    let lastAlone = try FineTuningLearner(sizes, Weights(fresh: 7), threads: 2)
    sizes.layerFusion = false
    let off = try FineTuningLearner(sizes, Weights(fresh: 7), threads: 2)
    for name in ["video_layer_weights", "audio_layer_weights"] {
      #expect(off.parameters[name] == nil)
      let entry = try #require(lastAlone.parameters[name])
      // Softmax makes them 0 and 1.
      lastAlone.parameters.values.base[entry.range.lowerBound] = -1000
      lastAlone.parameters.values.base[entry.range.lowerBound + 1] = 0
    }
    let targets = Losses.targets(labels: Self.toys.labels[0], classes: 4, smoothing: 0.1)
    let losses = [on, lastAlone, off].map { learner in
      learner.addGradients(video: Self.toys.video[0], audio: Self.toys.audio[0], objective: .classes(targets)).loss
    }
    #expect(losses[1] == losses[2] && losses[0] != losses[2])
    for entry in off.parameters.entries {
      let (alone, last) = (gradients(lastAlone.parameters, entry.name), gradients(off.parameters, entry.name))
      let error = zip(alone, last).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= 1e-5 * last.reduce(0) { max($0, abs($1)) }, "\(entry.name): \(error)")
    }
    let shares = try #require(on.parameters["video_layer_weights"])
    #expect(on.parameters.gradientNorm(shares) > 0)
    #expect(gradients(on.parameters, "encoder.blocks.0.") != gradients(off.parameters, "encoder.blocks.0."))
  }
}
