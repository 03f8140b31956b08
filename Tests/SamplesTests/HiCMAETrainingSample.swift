import HiCMAE
import HiCMAETraining
import Layers
import Tensor
import Training

/// The sample of the article on `HiCMAETraining`.
func hicmaeTrainingSample(video: Matrix, audio: Matrix, labels: [Int]) throws -> TrainingStep? {
  // The sample begins.
  let learner = try FineTuningLearner(.nano(outputs: 6), Weights(fresh: 1), threads: 2)
  let optimiser = AdamW(learner.parameters, beta2: 0.999, rule: learner.rule)
  let schedule = Schedule(base: 1e-3, final: 0, warmUp: 5, steps: 100)
  let trainer = Trainer(learner.parameters, optimiser, schedule: schedule, learner.operations)

  // One batch: video is (clips, 3·16·160·160), audio is (clips, 256·128), both normalised.
  let targets = Losses.targets(labels: labels, classes: 6, smoothing: 0.1)
  let (loss, logits) = learner.addGradients(
    video: video, audio: audio, objective: .classes(targets), factor: trainer.factor)
  let step = try trainer.add(loss: loss)
  print(logits.rows, step?.loss ?? 0, step?.gradientNorm ?? 0)
  // The sample ends.
  return step
}
