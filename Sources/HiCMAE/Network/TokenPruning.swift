internal import Tensor

/// Leaves out picture tokens that repeat what their place showed just before: less work, and other results.
///
/// Of every place in the picture the first tubelet stays; of the others those that differ most from the one before
/// them in time. In means over tokens one that stays counts for those after it that were left out, as it does where
/// tokens are merged (arXiv 2210.09461, section 3). Pre-training saw a tenth of the tokens, so that a model knows windows
/// with gaps; how much an answer changes is for measuring. Not from HiCMAE's paper.
public struct TokenPruning: Sendable, Hashable {
  /// What can be asked for: the first tubelets are an eighth of all tokens.
  public static let shares = 0.125...1.0

  /// Tokens that are computed, of 800; at least the 100 of the first tubelets.
  public let count: Int

  /// - Parameter share: of the tokens, 0 to 1; what is less than the first tubelets means those.
  public init(share: Double) {
    precondition((0...1).contains(share), "a share of \(share)")
    let grid = Configuration.videoGrid
    count = max(Int((share * Double(grid.tokens)).rounded()), grid.tokensAtOnce)
  }

  /// Which tokens of a window stay; the same for the same values, and of equal ones the earlier.
  /// - Parameter video: (batch, 3·16·160·160), normalised.
  func kept(_ video: Matrix) -> KeptTokens {
    let grid = Configuration.videoGrid
    let places = (0..<video.rows).map { row in
      let changes = Self.changes(video.rows(row..<row + 1))
      let later = (grid.tokensAtOnce..<grid.tokens).sorted {
        (changes[$0], $1) > (changes[$1], $0)
      }
      return Array(0..<grid.tokensAtOnce) + later.prefix(count - grid.tokensAtOnce).sorted()
    }
    return KeptTokens(tokens: grid.tokens, places: places)
  }

  /// How far each tubelet is from the one before it at its place: the sum over its values of |x − before|; infinite for
  /// the first ones.
  static func changes(_ window: Matrix) -> [Float] {
    let grid = Configuration.videoGrid
    let (across, down) = (grid.width / grid.patchWidth, grid.height / grid.patchHeight)
    let frame = grid.height * grid.width
    let step = grid.patchDepth * frame
    var changes = [Float](repeating: .infinity, count: grid.tokens)
    for token in grid.tokensAtOnce..<grid.tokens {
      let (time, place) = token.quotientAndRemainder(dividingBy: across * down)
      let corner = place / across * grid.patchHeight * grid.width + place % across * grid.patchWidth
      var sums = SIMD16<Float>.zero
      for channel in 0..<grid.channels {
        for depth in 0..<grid.patchDepth {
          let plane = (channel * grid.depth + time * grid.patchDepth + depth) * frame + corner
          for row in 0..<grid.patchHeight {
            // Because a patch is 16 wide, a row of it is one vector; both lie inside the window.
            let here = UnsafeRawPointer(window.base + plane + row * grid.width)
            let before = here - step * MemoryLayout<Float>.stride
            let difference =
              here.loadUnaligned(as: SIMD16<Float>.self) - before.loadUnaligned(as: SIMD16<Float>.self)
            sums += difference.replacing(with: -difference, where: difference .< 0)
          }
        }
      }
      changes[token] = sums.sum()
    }
    return changes
  }
}

/// Tokens that stay, and for how much each stands.
struct KeptTokens {
  let choice: TokenChoice
  /// (batch, choice.count), each row summing to 1.
  let shares: Matrix

  /// - Parameter places: for every window, in rising order, the first tubelets among them.
  init(tokens: Int, places: [[Int]]) {
    choice = TokenChoice(tokens: tokens, places: places)
    shares = Matrix(rows: places.count, columns: choice.count)
    let atOnce = Configuration.videoGrid.tokensAtOnce
    for (row, places) in places.enumerated() {
      // What stands for each place in the picture at the moment.
      var standing = [Int](repeating: 0, count: atOnce)
      var next = 0
      for token in 0..<tokens {
        if next < places.count, places[next] == token {
          standing[token % atOnce] = next
          next += 1
        }
        shares[row, standing[token % atOnce]] += 1 / Float(tokens)
      }
    }
  }

  /// The mean over all tokens, as far as those that stay know it: (batch · count, dim) to (batch, dim).
  func mean(_ x: Matrix, into y: Matrix, _ operations: Operations) {
    for row in 0..<choice.batch {
      operations.weightedSum(
        x.rows(row * choice.count..<(row + 1) * choice.count), weights: shares.rows(row..<row + 1),
        into: y.rows(row..<row + 1))
    }
  }
}

extension Operations {
  /// The mean over a window's tokens, of which only `kept` are there unless it is nil.
  func mean(_ x: Matrix, _ kept: KeptTokens?, batch: Int, into y: Matrix) {
    if let kept { kept.mean(x, into: y, self) } else { meanOverTokens(x, batch: batch, into: y) }
  }
}

extension PatchGrid {
  /// Patches of one moment: those across times those down.
  fileprivate var tokensAtOnce: Int { tokens / (depth / patchDepth) }
}
