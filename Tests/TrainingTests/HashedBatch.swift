import HiCMAE
import Tensor
import TestSupport
import Testing
import Training

/// Pictures, sounds and masks that are hashes, as Tests/Golden/make_training.py makes them.
struct HashedBatch {
  let video, audio: Matrix
  let mask: PretrainingMask

  init(seed: String, batch: Int) {
    video = Matrix(Hashed.video(seed: seed, batch: batch), rows: batch, columns: Configuration.videoGrid.values)
    audio = Matrix(Hashed.audio(seed: seed, batch: batch), rows: batch, columns: Configuration.audioGrid.values)
    /// The places with the smallest hashes; the smaller place goes first where two are equal.
    func smallest(_ name: String, _ count: Int, of all: Int) -> [Int] {
      let hashes = Hashed.bits("\(seed)/\(name)", count: all)
      return Array((0..<all).sorted { (hashes[$0], $0) < (hashes[$1], $1) }.prefix(count))
    }
    mask = PretrainingMask(
      hiddenTubes: (0..<batch).map { smallest("mask_video/\($0)", 90, of: 100) },
      audio: (0..<batch).map { smallest("mask_audio/\($0)", 102, of: 128) })
  }
}

/// The worst relative difference between the norms of all gradients and `expected`, which must name each parameter.
func compareNorms(_ parameters: ParameterSet, _ expected: [String: Double]) -> WorstDifference {
  var worst = WorstDifference()
  #expect(Set(parameters.entries.map(\.name)) == Set(expected.keys))
  for entry in parameters.entries {
    guard let truth = expected[entry.name] else { continue }
    let found = parameters.gradientNorm(entry)
    worst.see(entry.name, found, truth, difference: abs(found / truth - 1))
  }
  return worst
}
