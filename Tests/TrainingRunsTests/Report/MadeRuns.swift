import Glibc

@testable import TrainingRuns

/// Made-up runs with curves as real ones have them.
enum MadeRuns {
  static let emotions = ["anger", "boredom", "disgust", "fear", "happiness", "sadness", "neutral"]

  /// A number in 0..<1 that follows from its arguments.
  private static func noise(_ place: Int, _ salt: Int) -> Double {
    var bits = UInt64(truncatingIfNeeded: place &* 0x9E37_79B9 &+ salt &* 0x85EB_CA6B) &+ 0x1234_5678_9ABC
    bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
    return Double((bits ^ bits >> 31) >> 11) / Double(1 << 53)
  }

  private static func rate(_ step: Int, of count: Int, peak: Double) -> Double {
    let warm = Double(count) / 10
    let step = Double(step)
    return step < warm ? peak * (step + 1) / warm : peak * 0.5 * (1 + cos(.pi * (step - warm) / (Double(count) - warm)))
  }

  static func pretraining(epochs: Int = 40, stepsPerEpoch: Int = 75) -> [RunRecord] {
    var records: [RunRecord] = [
      .created(.init(task: .pretrain, time: "2026-03-01T09:12:44Z", version: "0.1.0", labels: []))
    ]
    for step in 0..<epochs * stepsPerEpoch {
      let fall = exp(-Double(step) / 700)
      let (video, audio) = (0.58 + 0.5 * fall, 0.42 + 0.6 * fall)
      let contrast = 2.1 + 4.2 * exp(-Double(step) / 900)
      func shake(_ salt: Int) -> Double { 1 + 0.08 * (noise(step, salt) - 0.5) }
      let (v, a, c) = (video * shake(1), audio * shake(2), contrast * shake(3))
      var made = RunRecord.Step(
        step: step, epoch: step / stepsPerEpoch, loss: v + a + 0.0025 * c,
        rate: rate(step, of: epochs * stepsPerEpoch, peak: 3e-4),
        gradientNorm: (0.4 + 3 * fall) * exp(noise(step, 4) - 0.5), clips: 160)
      (made.video, made.audio, made.contrast) = (v, a, c)
      records.append(.step(made))
      if step == 1499 {
        records.append(.closed(.init(step: 1500, reason: .interrupted)))
        records.append(.resumed(.init(step: 1500, time: "2026-03-02T08:00:00Z")))
      }
      guard (step + 1) % stepsPerEpoch == 0 else { continue }
      let epoch = step / stepsPerEpoch
      records.append(
        .epoch(.init(epoch: epoch, step: step + 1, loss: video + audio, clips: 12_000, broken: 0, seconds: 812)))
      var validation = RunRecord.Validation(epoch: epoch, step: step + 1, clips: 640, loss: video + audio + 0.05)
      (validation.video, validation.audio, validation.contrast) = (video + 0.03, audio + 0.02, contrast + 0.2)
      records.append(.validation(validation))
      if epoch % 10 == 9 {
        records.append(.checkpoint(.init(step: step + 1, path: "checkpoints/step-0000\(step + 1)", best: true)))
      }
    }
    return records
  }

  static func fineTuning(epochs: Int = 25, stepsPerEpoch: Int = 54) -> [RunRecord] {
    var records: [RunRecord] = [
      .created(.init(task: .finetune, time: "2026-03-04T14:02:11Z", version: "0.1.0", labels: emotions))
    ]
    records.append(.layerWeights(shares(step: 0, fall: 0)))
    for clip in ["train.csv:17: speech/03a01.wav: silent", "train.csv:203: speech/11b02.wav: cannot be decoded"] {
      records.append(.broken(.init(step: 3, clip: clip)))
    }
    for step in 0..<epochs * stepsPerEpoch {
      let fall = exp(-Double(step) / 300)
      let loss = (0.62 + 1.4 * fall) * (1 + 0.3 * (noise(step, 5) - 0.5))
      records.append(
        .step(
          .init(
            step: step, epoch: step / stepsPerEpoch, loss: loss,
            rate: rate(step, of: epochs * stepsPerEpoch, peak: 5e-4),
            gradientNorm: (1 + 4 * fall) * exp(noise(step, 6)), clips: 8)))
      guard (step + 1) % stepsPerEpoch == 0 else { continue }
      let epoch = step / stepsPerEpoch
      records.append(
        .epoch(.init(epoch: epoch, step: step + 1, loss: loss, clips: 430, broken: 2, seconds: 38.5)))
      records.append(.layerWeights(shares(step: step + 1, fall: 1 - fall)))
      records.append(.validation(validation(epoch: epoch, step: step + 1)))
      records.append(
        .checkpoint(.init(step: step + 1, path: "checkpoints/step-\(step + 1)", best: epoch == 17 || epoch < 3)))
    }
    records.append(.closed(.init(step: epochs * stepsPerEpoch, reason: .done)))
    return records
  }

  static func shares(step: Int, fall: Double) -> RunRecord.LayerWeights {
    func softmax(_ salt: Int) -> [Double] {
      let powers = (0..<10).map { exp(fall * (0.12 * Double($0) + noise($0, salt))) }
      return powers.map { $0 / powers.reduce(0, +) }
    }
    return .init(step: step, video: softmax(7), audio: softmax(8))
  }

  static func validation(epoch: Int, step: Int) -> RunRecord.Validation {
    let skill = (epoch == 17 ? 0.74 : 0.3 + 0.4 * (1 - exp(-Double(epoch) / 5))) + 0.03 * noise(epoch, 9)
    let clips = [26, 16, 9, 14, 15, 12, 16]
    let confusion = clips.enumerated().map { row, count in
      let right = min(count, Int(Double(count) * (skill + 0.2 * (noise(row, 10) - 0.5))))
      let near = (count - right) * 2 / 3
      return (0..<7).map { column in
        column == row ? right : column == (row + 2) % 7 ? near : column == (row + 4) % 7 ? count - right - near : 0
      }
    }
    let recall = zip(confusion.enumerated(), clips).map { Double($0.element[$0.offset]) / Double($1) }
    var made = RunRecord.Validation(epoch: epoch, step: step, clips: 108, loss: 1.9 - 1.2 * skill)
    (made.confusion, made.recall, made.uar) = (confusion, recall, recall.reduce(0, +) / 7)
    made.war = zip(recall, clips).reduce(0.0) { $0 + $1.0 * Double($1.1) } / 108
    made.weightedF1 = made.war.map { $0 - 0.01 }
    return made
  }

  static let settings = ReportSettings([
    .init(name: "batch", value: "8"), .init(name: "data", value: "emodb/fold1/train.csv"),
    .init(name: "drop_path", value: "0.1"), .init(name: "epochs", value: "25"),
    .init(name: "from", value: "runs/pretrained/best"), .init(name: "layer_decay", value: "0.75"),
    .init(name: "lr", value: "0.0005"), .init(name: "modalities", value: "av"), .init(name: "seed", value: "1"),
    .init(name: "size", value: "tiny"), .init(name: "val", value: "emodb/fold1/test.csv"),
    .init(name: "weight_decay", value: "0.05"),
  ])
}
