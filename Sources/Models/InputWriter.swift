package import Signal

/// Writes faces and spectrograms as a model wants its inputs. Recognition and training both write them here, so that a
/// model sees in a stream what it was trained on.
package struct InputWriter: Sendable {
  /// What each byte of red, green and blue becomes.
  private let tones: [[Float]]
  private let mean, scale: Float

  package init(_ normalisation: InputNormalisation) {
    tones = (0..<3).map { channel in
      (0..<256).map { (Float($0) / 255 - normalisation.mean[channel]) / normalisation.deviation[channel] }
    }
    (mean, scale) = (normalisation.spectrogramMean, 2 * normalisation.spectrogramDeviation)
  }

  /// The faces of a window as (3, frames, side, side), normalised. Frames without a face stay as they are.
  ///
  /// - Parameter frames: of the window; nil: as many as faces.
  /// - Precondition: All faces have this side, and `out` has room for exactly these values.
  package func write(_ faces: [FaceCrop], side: Int, frames: Int? = nil, to out: UnsafeMutableBufferPointer<Float>) {
    let (area, frames) = (side * side, frames ?? faces.count)
    precondition(
      faces.allSatisfy { $0.side == side } && faces.count <= frames && out.count == 3 * frames * area,
      "\(faces.count) faces of side \(side)")
    for (frame, face) in faces.enumerated() {
      face.pixels.withUnsafeBufferPointer { pixels in
        for channel in 0..<3 {
          let plane = (channel * frames + frame) * area
          tones[channel].withUnsafeBufferPointer { tone in
            for i in 0..<area { out[plane + i] = tone[Int(pixels[3 * i + channel])] }
          }
        }
      }
    }
  }

  /// The log-mel values of a window, normalised.
  ///
  /// - Precondition: `out` has as many values.
  package func write(spectrogram rows: [Float], to out: UnsafeMutableBufferPointer<Float>) {
    precondition(rows.count == out.count, "\(rows.count) values in a spectrogram of \(out.count)")
    rows.withUnsafeBufferPointer { source in
      for i in 0..<out.count { out[i] = (source[i] - mean) / scale }
    }
  }
}
