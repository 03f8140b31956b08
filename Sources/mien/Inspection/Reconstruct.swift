import ArgumentParser
import Clips
import Files
import Lists
import MienKit
import Networks
import Tensor
import TrainingRuns

/// `mien reconstruct`: what a pre-trained model makes of what is hidden from it.
struct Reconstruct: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Picture what a pre-trained model makes of hidden patches.",
    discussion: """
      EXAMPLES:
        mien reconstruct --model runs/pretrained clip.mp4 -o pictures
        mien reconstruct --model voxceleb2-pretraining.pth --data clips.csv -o pictures --mask 75,95
        mien reconstruct --model runs/pretrained clip.mp4 -o pictures | jq '[.mask, .video.mse]'

      A PNG a clip: the original, and for every share of hidden patches what the model saw and what it made of it, of the \
      clip's first 2.56 s. Targets of pre-training have lost their patch's mean and deviation, so both are taken from the \
      original; visible patches are the original's. A JSON line a clip and share on stdout has the errors. Clips of a list \
      that cannot be used are named and left out; the exit status is then 65. docs/training.md says more.
      """)

  @Option(
    name: [.customLong("model"), .customLong("from")],
    help: ArgumentHelp(
      "A pre-trained model: a run, a model folder, or a checkpoint file in the published format.", valueName: "path"))
  var model: String
  @Argument(help: "A media file; for a model of pictures alone also a folder of face images.") var clip: String?
  @Option(help: ArgumentHelp("A list of clips instead.", valueName: "list")) var data: String?
  @Option(help: ArgumentHelp("Percent that are hidden, from 1 to 99.", valueName: "shares")) var mask = "60,80,90"
  @Option(help: "Where the choice of hidden patches comes from.") var seed: UInt64 = 0
  @OptionGroup var options: InspectionOptions

  private var shares: [Int]? {
    let parts = mask.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let shares = parts.compactMap { $0 }
    return shares.count == parts.count && shares.allSatisfy((1...99).contains) && shares.count <= 9 ? shares : nil
  }

  func validate() throws {
    if (clip == nil) == (data == nil) { throw ValidationError("Give either a clip or --data LIST.") }
    if shares == nil {
      throw ValidationError("--mask must be at most nine whole numbers from 1 to 99 with commas between them.")
    }
  }

  func run() throws {
    let log = options.verbosity.bootstrap()
    let list =
      try clip.map { AnnotationList(clip: $0) } ?? AnnotationList(path: data ?? "", bytes: readFile(data ?? ""))
    let reconstructor = try Reconstructor(try StartingPoint(model), threads: options.threadCount)
    if let clip, isFolder(clip), reconstructor.want.modalities.hasAudio {
      throw Failure(
        .badData, "\(clip): is a folder of pictures, and the model needs sound beside them; give both in a list: --data"
      )
    }
    let folder = try NewFolder(options.output)
    // It stays if a picture is in it.
    defer { folder.removeIfEmpty() }
    let output = Output()
    // The pictures are wanted even where nobody reads the figures.
    var isRead = true
    let broken = try options.each(list, isAlone: clip != nil, wants: [reconstructor.want], log) { position, inputs in
      let entry = list.entries[position]
      let made = (shares ?? []).map { percent in
        reconstructor(inputs[0], hiding: percent, key: RandomKey(seed: seed, epoch: 0, position: position))
      }
      let path = folder / pictureName(entry)
      let figure = ReconstructionFigure(
        title: entry.video ?? entry.audio ?? "", subtitle: "\(model), seed \(seed)", input: inputs[0],
        by: reconstructor, reconstructions: made)
      let file = try AtomicFile(path)
      try figure.png().withUnsafeBytes { try file.write($0) }
      try file.commit()
      for one in made where isRead {
        do { try output.write(line(one, entry, list, path).text + "\n") } catch OutputError.closedPipe {
          isRead = false
        }
      }
    }
    if broken > 0 {
      throw Failure(.badData, "\(list.path): \(broken) of \(list.entries.count) clips could not be used")
    }
  }

  /// After the clip; in a list after its line too, so that no two are the same.
  private func pictureName(_ entry: AnnotationList.Entry) -> String {
    let path = entry.video ?? entry.audio ?? ""
    let name = path.split(separator: "/").last.map(String.init) ?? "clip"
    let stem = name.lastIndex(of: ".").map { $0 > name.startIndex ? String(name[..<$0]) : name } ?? name
    let plain = stem.prefix(60).map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }
    guard clip == nil else { return String(plain) + ".png" }
    let line = "\(entry.line)"
    return String(repeating: "0", count: max(0, 5 - line.count)) + line + "-" + String(plain) + ".png"
  }

  private func line(
    _ made: Reconstruction, _ entry: AnnotationList.Entry, _ list: AnnotationList, _ path: String
  ) -> JSON {
    func part(_ found: Reconstruction.Part?, _ shown: String) -> JSON {
      guard let found else { return .null }
      return .object([
        .init("hidden", .int(found.hidden)), .init("tokens", .int(found.patches)),
        .init("mse", .double(found.error)), .init("mse_of_mean", .double(found.errorOfMean)),
        .init(shown, .double(found.errorShown)),
      ])
    }
    return [
      "line": clip == nil ? .int(entry.line) : .null, "clip": .optional((entry.video ?? entry.audio).map(list.resolve)),
      "picture": .string(path), "mask": .int(made.percent), "video": part(made.video, "pixel_mse"),
      "audio": part(made.audio, "log_mel_mse"),
    ]
  }
}
