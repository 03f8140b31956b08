/// Measures how alike two pictures of a face are. This tells a hard cut from a nod.
///
/// Not a recogniser: two people before the same wall, in the same place, are caught because frames of one person that
/// are less than a second apart are far more alike than that.
public enum FaceSignature {
  /// A signature is `side` × `side` luma values, each the mean of its cell.
  public static let side = 16
  /// Cells by which a face may move between two frames.
  static let shift = 1
  /// Below this standard deviation (luma 0 to 255) a patch is too flat to say anything.
  static let flat = 2.0

  /// The best Pearson correlation of the middle of `a` with `b`, shifted by a cell at most in each direction; nil if
  /// they cannot be compared (not 256 values, or flat).
  ///
  /// Measured on three RAVDESS clips at 1.2 box widths: consecutive frames 0.89 at least (also every second frame,
  /// 15 a second), looks up to 1 s apart 0.92; a cut from one clip to another, same man and wall, 0.81 at most, 0.74
  /// in the median; a man and a woman 0.45 at most.
  public static func similarity(_ a: [Float], _ b: [Float]) -> Double? {
    guard a.count == side * side, b.count == side * side else { return nil }
    let core = shift..<side - shift
    let n = Double(core.count * core.count)
    var best: Double?
    for dy in -shift...shift {
      for dx in -shift...shift {
        var (sa, sb, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for y in core {
          for x in core {
            let (p, q) = (Double(a[y * side + x]), Double(b[(y + dy) * side + x + dx]))
            sa += p
            sb += q
            aa += p * p
            bb += q * q
            ab += p * q
          }
        }
        let (va, vb) = (aa / n - sa / n * (sa / n), bb / n - sb / n * (sb / n))
        guard va > flat * flat, vb > flat * flat else { continue }
        best = max(best ?? -1, (ab / n - sa / n * (sb / n)) / (va * vb).squareRoot())
      }
    }
    return best
  }

  /// Whether a signature is too flat to be compared with any: black, grey, a blank wall.
  static func isFlat(_ a: [Float]) -> Bool { similarity(a, a) == nil }
}
