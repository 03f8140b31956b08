import Networks

@testable import Clips

extension ClipMaker {
  /// One clip of a batch by itself.
  func input(position: Int, epoch: Int) throws -> ModelInput {
    func values(_ modality: Modalities, _ count: Int) -> [Float] {
      [Float](repeating: 0, count: recipe.modalities.contains(modality) ? count : 0)
    }
    var (video, audio) = (values(.video, Self.videoValues(side: side)), values(.audio, Self.audioValues))
    let made = try video.withUnsafeMutableBufferPointer { video in
      try audio.withUnsafeMutableBufferPointer { audio in
        try fill(
          video: video.isEmpty ? nil : video, audio: audio.isEmpty ? nil : audio, draw: position, epoch: epoch)
      }
    }
    return ModelInput(video: video, audio: audio, target: made.target)
  }
}
