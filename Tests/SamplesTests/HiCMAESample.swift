import HiCMAE

/// The sample of the article on `HiCMAE`.
func hicmaeSample() -> [Float] {
  // The sample begins.
  let model = HiCMAEModel(.nano(outputs: 6), seed: 1)  // of a checkpoint: HiCMAEModel(reading: store)
  let inference = Inference(model: model, threads: 2)
  let video = [Float](repeating: 0, count: 3 * 16 * 160 * 160)  // colour, frame, row, column
  let audio = [Float](repeating: 0, count: 256 * 128)  // time, mel bin
  let logits = inference.logits(video: video, audio: audio)
  print(logits.count)  // 6
  // The sample ends.
  return logits
}
