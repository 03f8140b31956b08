import Networks

/// The sample of the article on `Networks`.
func networksSample() -> [String] {
  // The sample begins.
  let heads = [
    Head(name: "emotion", modalities: .audioVideo, task: .classification, outputs: 6),
    Head(name: "voice", modalities: .audio, task: .classification, outputs: 6),
  ]
  let present = Modalities(video: false, audio: true)
  let answering = heads.filter { present.isSuperset(of: $0.modalities) }
  print(answering.map(\.name))  // ["voice"]
  // The sample ends.
  return answering.map(\.name)
}
