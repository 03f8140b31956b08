import Layers
import Tensor
import Training

/// The sample of the article on `Training`.
func trainingSample(x: Matrix, target: Matrix) throws -> [Double] {
  // The sample begins.
  let weights = Weights(fresh: 1)
  _ = try Linear(weights["layer"], from: 4, to: 2)
  let parameters = ParameterSet(weights)  // a copy, with gradients and moments beside it
  let layer = try Linear(Weights(reading: parameters.store)["layer"], from: 4, to: 2)
  let operations = Operations()
  let tape = Tape(parameters, operations)
  let optimiser = AdamW(parameters, beta2: 0.95) { _ in UpdateRule(rateFactor: 1, decays: true) }
  let schedule = Schedule(base: 0.1, final: 0, warmUp: 5, steps: 50)
  let trainer = Trainer(parameters, optimiser, schedule: schedule, operations)
  var losses: [Double] = []
  while trainer.steps < schedule.steps {
    operations.reset()
    let y = operations.recorded(by: tape) { layer(x, operations) }  // x is (clips, 4), target is (clips, 2)
    losses.append(Losses.meanSquaredError(y, target, gradient: tape.seed(y)))
    tape.backward()
    _ = try trainer.add(loss: losses.last)
  }
  // The sample ends.
  return losses
}
