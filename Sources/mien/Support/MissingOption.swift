import ArgumentParser
import Evaluation

/// `--missing video=0.5,audio=0`: the chances that windows lose a modality.
struct MissingOption: ExpressibleByArgument {
  var video = 0.0
  var audio = 0.0

  init?(argument: String) {
    var seen: Set<Substring> = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, seen.insert(sides[0]).inserted, let chance = Double(sides[1]), (0...1).contains(chance)
      else { return nil }
      switch sides[0] {
      case "video": video = chance
      case "audio": audio = chance
      default: return nil
      }
    }
  }

  func modalities(seed: Int) -> MissingModalities { MissingModalities(video: video, audio: audio, seed: seed) }
}
