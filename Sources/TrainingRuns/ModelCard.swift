internal import Networks
internal import Training

/// `README.md` of a checkpoint: what the model is, what it was made from, how good it is, and what it is not for.
enum ModelCard {
  static func text(_ settings: RunSettings, step: Int, validation: RunRecord.Validation?) -> String {
    let sizes = settings.model.sizes
    let title = sizes.architecture.title
    let wanted = settings.optimisation
    var lines = [
      "# Model card", "",
      settings.task == .pretrain
        ? "\(title), pre-trained: weights to fine-tune from; it answers nothing by itself."
        : "\(title) for \(purpose(settings)).", "",
      "- Sizes: \(sizes.details); senses: \(settings.modalities)",
    ]
    if !settings.labels.isEmpty { lines.append("- Outputs: \(settings.labels.joined(separator: ", "))") }
    if let attributes = settings.attributes { lines.append("- Attributes: \(attributes.joined(separator: ", "))") }
    lines += settings.data.sources.map { list in
      let clips = list.clips.map { "\($0) clips, " } ?? ""
      let share = list.share.map { "\($0) parts of every batch, " } ?? ""
      return "- Data: \(list.path) (\(clips)\(share)SHA-256 of the list \(list.sha256))"
    }
    let began = [settings.from, settings.joined].compactMap { $0.map { "\($0.path) (SHA-256 \($0.sha256))" } }
    lines += [
      "- Began with: \(began.isEmpty ? "fresh weights" : began.joined(separator: " and "))",
      "- Recipe: step \(step) of \(wanted.steps), \(wanted.accumulate) × \(wanted.batch) clips a step, rate \(wanted.lr)"
        + " × \(wanted.scale), seed \(settings.seed); all settings are in the run's config.json",
    ]
    lines += ["", "## Results", ""]
    if let validation {
      lines.append("On \(settings.validation?.path ?? "") (\(validation.clips) clips), after \(validation.step) steps:")
      lines += ["", "- loss \(validation.loss)"]
      lines += figures(validation, settings)
      for list in validation.lists ?? [] {
        lines += ["", "On \(list.list ?? "") alone (\(list.clips) clips):", "", "- loss \(list.loss)"]
        lines += figures(list, settings)
      }
      lines += ["", "The best checkpoint is chosen on these clips, so new ones will be answered worse."]
    } else {
      lines.append("Not validated.")
    }
    lines += [
      "", "## Not for", "",
      "Judging people: not in hiring, policing, at work or at school; inferring emotions at the last two is unlawful in",
      "the EU (Regulation 2024/1689, article 5). A face and a voice do not show what somebody feels; the labels are what",
      "others saw in the recordings above, and people unlike those in them will be answered worse.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func purpose(_ settings: RunSettings) -> String {
    guard settings.objective.loss == .ce else { return "regression" }
    return settings.attributes == nil ? "classification" : "classification and regression"
  }

  private static func figures(_ validation: RunRecord.Validation, _ settings: RunSettings) -> [String] {
    var lines: [String] = []
    if let uar = validation.uar, let war = validation.war { lines.append("- UAR \(uar), WAR \(war)") }
    for (label, value) in zip(settings.attributeNames, validation.ccc ?? []) {
      lines.append("- CCC \(label): \(value.map { "\($0)" } ?? "cannot be computed")")
    }
    return lines
  }
}
