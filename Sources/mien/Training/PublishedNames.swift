/// The names that the published training code gives to options that mean the same here; help shows only ours.
enum PublishedNames {
  static let table: [String: [String: String]] = {
    let both = [
      "--data_path": "--data", "--output_dir": "--output", "--batch_size": "--batch", "--update_freq": "--accumulate",
      "--min_lr": "--min-lr", "--warmup_epochs": "--warmup-epochs", "--warmup_steps": "--warmup-steps",
      "--weight_decay": "--weight-decay", "--clip_grad": "--clip-grad", "--save_ckpt_freq": "--checkpoint-epochs",
    ]
    return [
      "pretrain": both.merging(["--mask_ratio": "--mask-video", "--mask_ratio_audio": "--mask-audio"]) { $1 },
      "finetune": both.merging([
        "--finetune": "--from", "--smoothing": "--label-smoothing", "--drop_path": "--drop-path",
        "--layer_decay": "--layer-decay", "--mixup_prob": "--mix-probability", "--reprob": "--erasing",
      ]) { $1 },
    ]
  }()

  /// The command line with our names; the words after `--` stay as they are.
  static func translated(_ arguments: [String]) -> [String] {
    guard let command = arguments.first, let names = table[command] else { return arguments }
    var isOver = false
    return arguments.map { word in
      if word == "--" { isOver = true }
      guard !isOver else { return word }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = names[String(parts[0])] else { return word }
      return parts.count == 2 ? "\(name)=\(parts[1])" : name
    }
  }
}
