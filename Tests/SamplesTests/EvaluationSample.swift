import Evaluation

/// The sample of the article on `Evaluation`.
func evaluationSample() -> ConfusionMatrix {
  // The sample begins.
  var confusion = ConfusionMatrix(classes: 3)
  for (truth, predicted) in [(0, 0), (0, 1), (1, 1), (2, 2)] {
    confusion.add(truth: truth, predicted: predicted)
  }
  print(confusion.uar ?? 0)  // unweighted average recall: 0.8333333333333334
  print(confusion.war ?? 0)  // accuracy: 0.75
  // The sample ends.
  return confusion
}
