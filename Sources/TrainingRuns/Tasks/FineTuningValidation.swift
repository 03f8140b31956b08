internal import Clips
internal import Files
internal import Lists
internal import Models
internal import Networks
internal import Recognition
internal import Signal
internal import Tensor
internal import Training

extension FineTuningTask {
  /// A clip's views, or why it has none.
  private enum Looks: Sendable {
    case views([ModelInput])
    case broken(String)
  }

  /// As `mien eval` does it: every view by itself, answers averaged, so that both give the same figures.
  func validate(
    _ store: (any TensorStore)?, epoch: Int, step: Int, stop: () -> Bool, broken: (BrokenClip) throws -> Void
  ) throws -> RunRecord.Validation? {
    guard let pool = input.validation else { preconditionFailure("no list to validate on") }
    let answers = try finetuner.answers(of: store)
    let work = looks(at: pool)
    defer { work.cancel() }
    let labels = input.settings.labels
    var tally = ValidationTally(input.settings)
    var each = pool.lists.map { _ in tally }
    for (position, clip) in pool.clips.enumerated() {
      if stop() { return nil }
      guard let looks = work.next() else { break }
      switch looks {
      case .broken(let reason): try broken(BrokenClip(position: position, description: reason))
      case .views(let views):
        let key = RandomKey(seed: input.settings.seed, epoch: 0, position: position)
        let estimates = views.map { view in
          // Behind the classes are the attributes, where the network has both.
          let outputs = answers(TrainingBatch(view, key: key))
          return Estimate(outputs: Array(outputs.prefix(labels.count)), task: tally.task).values
            + outputs.dropFirst(labels.count)
        }
        let values = estimates[0].indices.map { place in
          Float(estimates.reduce(0.0) { $0 + Double($1[place]) } / Double(estimates.count))
        }
        guard let label = try clip.label?.get() else { preconditionFailure("a pool whose labels were not read") }
        tally.add(values, label)
        each[clip.list].add(values, label)
      }
    }
    guard tally.clips > 0 else { throw FileError.nothingToValidate(pool, input.settings.modalities) }
    var found = tally.validation(epoch: epoch, step: step)
    if each.count > 1 {
      found.lists = zip(each, pool.lists).compactMap { .init($0, of: $1.path, epoch: epoch, step: step) }
    }
    return found
  }

  private func looks(at pool: ClipPool) -> OrderedWork<Looks> {
    let (recipe, seed) = (input.settings.plainRecipe, input.settings.seed)
    let (source, options) = (input.source, input.options)
    let sampling = EvaluationSampling(rate: input.settings.preprocessing.video.samplingRate)
    return OrderedWork("views", items: 0..<pool.clips.count, threads: input.threads, ahead: 4) {
      let maker = ClipMaker(pool, recipe: recipe, seed: seed, source: source, options: options)
      return { position, _ in
        do { return .views(try maker.views(position: position, sampling: sampling)) } catch {
          return .broken(error is AnnotationError ? "\(error)" : "\(maker.place(ofClip: position)): \(error)")
        }
      }
    }
  }
}
