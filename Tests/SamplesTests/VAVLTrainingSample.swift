import Layers
import Networks
import Tensor
import Training
import VAVL
import VAVLTraining

/// The sample of the article on `VAVLTraining`.
func vavlTrainingSample(video: Matrix, audio: Matrix, labels: [Int], keys: [RandomKey]) throws -> TrainingStep? {
  // The sample begins.
  let learner = try VAVLLearner(.light(classes: 6), Weights(fresh: 1), threads: 2)
  let optimiser = AdamW(learner.parameters, beta1: 0.95, beta2: 0.999, rule: learner.rule)
  let schedule = Schedule(base: 5e-5, final: 0, warmUp: 5, steps: 100)
  let trainer = Trainer(learner.parameters, optimiser, schedule: schedule, learner.operations)

  // One batch: `present` says what each clip has; the first one here has no video.
  var batch = TrainingBatch(video: video, audio: audio, clips: keys, key: keys[0])
  batch.present = [.audio, .audioVideo]
  let targets = Losses.targets(labels: labels, classes: 6, smoothing: 0.1)
  let losses = learner.addGradients(batch, .classes(targets), factor: trainer.factor)
  let step = try trainer.add(loss: losses.total)
  print(losses.video ?? 0, losses.audio ?? 0, step?.gradientNorm ?? 0)
  // The sample ends.
  return step
}
