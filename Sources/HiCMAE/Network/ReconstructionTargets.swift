internal import Glibc
public import Tensor

/// The values of the hidden patches that the decoders learn to predict.
public struct ReconstructionTargets {
  /// (hidden places, 1536): every colour of a patch with mean 0 and deviation 1 over its 512 values, in the order frame,
  /// row, column, colour; the second frame is replaced by its difference from the first. Nil where no video was given.
  public let video: Matrix?
  /// (hidden places, 256): mean 0 and deviation 1. Nil where no audio was given.
  public let audio: Matrix?

  /// The published code divides by deviation + this, of values in [0, 1].
  private static let floor = 1e-6
  /// The deviations that pictures were divided by; with their means they take values back to [0, 1], but a mean cancels.
  private static let deviations = [0.229, 0.224, 0.225]

  /// - Parameters:
  ///   - video: what the model was given, (batch, 3·16·160·160), normalised as the model wants it.
  ///   - audio: what the model was given, (batch, 256·128).
  ///   - mask: which tokens were hidden.
  ///   - operations: does the work.
  public init(video: Matrix?, audio: Matrix?, mask: PretrainingMask, _ operations: Operations) {
    self.video = video.map { Self.pictures($0, mask.video.hidden, operations) }
    self.audio = audio.map { Self.sounds($0, mask.audio.hidden, operations) }
  }

  private static func pictures(_ video: Matrix, _ hidden: TokenChoice, _ operations: Operations) -> Matrix {
    let pictures = Configuration.videoGrid
    let colours = operations.unfold(video, pictures, only: hidden)
    let target = operations.matrix(rows: colours.rows, columns: colours.columns)
    let plane = pictures.patchHeight * pictures.patchWidth
    let count = pictures.patchDepth * plane
    for row in 0..<colours.rows {
      let to = target.base + row * target.rowStride
      for colour in 0..<pictures.channels {
        let from = colours.base + row * colours.rowStride + colour * count
        let (mean, scale) = normal(ofColour: colour, from, count)
        for value in 0..<plane {
          let (first, second) = ((from[value] - mean) * scale, (from[plane + value] - mean) * scale)
          to[value * pictures.channels + colour] = first
          to[(plane + value) * pictures.channels + colour] = second - first
        }
      }
    }
    return target
  }

  private static func sounds(_ audio: Matrix, _ hidden: TokenChoice, _ operations: Operations) -> Matrix {
    let patches = operations.unfold(audio, Configuration.audioGrid, only: hidden)
    let heard = operations.matrix(rows: patches.rows, columns: patches.columns)
    for row in 0..<patches.rows {
      let (from, to) = (patches.base + row * patches.rowStride, heard.base + row * heard.rowStride)
      let (mean, scale) = normal(ofSound: from, patches.columns)
      for value in 0..<patches.columns { to[value] = (from[value] - mean) * scale }
    }
    return heard
  }

  /// Of one colour of a patch of a picture.
  static func normal(
    ofColour colour: Int, _ values: UnsafePointer<Float>, _ count: Int
  ) -> (mean: Float, scale: Float) {
    normal(values, count, floor: floor / deviations[colour])
  }

  /// Of a patch of a spectrogram.
  static func normal(ofSound values: UnsafePointer<Float>, _ count: Int) -> (mean: Float, scale: Float) {
    normal(values, count, floor: floor)
  }

  /// Mean, and 1 / (deviation + floor); the variance divides by count − 1.
  private static func normal(
    _ values: UnsafePointer<Float>, _ count: Int, floor: Double
  ) -> (mean: Float, scale: Float) {
    // Because sums of floats one after the other are not made into vectors, eight are kept apart here.
    typealias Lanes = SIMD8<Double>
    precondition(count % Lanes.scalarCount == 0, "\(count) values in vectors of \(Lanes.scalarCount)")
    let vectors = UnsafeRawPointer(values)
    func sum(_ term: (Lanes) -> Lanes) -> Double {
      var sums = Lanes.zero
      for first in stride(from: 0, to: count, by: Lanes.scalarCount) {
        sums += term(
          Lanes(
            vectors.loadUnaligned(
              fromByteOffset: first * MemoryLayout<Float>.stride, as: SIMD8<Float>.self)))
      }
      return sums.sum()
    }
    let mean = sum { $0 } / Double(count)
    let squares = sum { ($0 - mean) * ($0 - mean) }
    return (Float(mean), Float(1 / ((squares / Double(count - 1)).squareRoot() + floor)))
  }
}
