import Foundation
import Tensor
import Training

/// A batch that several learners share on threads, as processes would.
enum SharedBatch {
  /// What a learner gives; `loss` is told to all.
  struct Found: Sendable {
    var gradients: [[Float]]
    var loss: Double
    /// All parameters after the step's own changes, such as running moments.
    var values: [Float] = []
  }

  /// Stands for the exchange between processes: all give what they have, and get what all have, in the processes' order.
  private final class Exchange: @unchecked Sendable {
    // @unchecked because everything below changes only while `condition` is locked.
    private let condition = NSCondition()
    private let ranks: Int
    private var given: [Int: [Double]] = [:]
    private var whole: [Double] = []
    private var round = 0
    private var results: [Int: Found] = [:]

    init(ranks: Int) { self.ranks = ranks }

    func gather(_ own: [Double], _ rank: Int) -> [Double] {
      condition.lock()
      defer { condition.unlock() }
      let entered = round
      given[rank] = own
      if given.count == ranks {
        whole = given.keys.sorted().flatMap { given[$0] ?? [] }
        given = [:]
        round += 1
        condition.broadcast()
      }
      while round == entered { condition.wait() }
      return whole
    }

    func finish(_ rank: Int, _ found: Found) {
      condition.lock()
      defer { condition.unlock() }
      results[rank] = found
      condition.broadcast()
    }

    func wait() -> [Found] {
      condition.lock()
      defer { condition.unlock() }
      while results.count < ranks { condition.wait() }
      return results.keys.sorted().compactMap { results[$0] }
    }
  }

  static func gradients(_ parameters: ParameterSet) -> [[Float]] {
    parameters.entries.map { entry in entry.range.map { parameters.gradients.base[$0] } }
  }

  /// The ranks' losses, and the sum of their gradients in the tree.
  static func shared(
    clips total: Int, ranks: Int, slicesEach: Int, perSlice clips: Int, sum parameters: ParameterSet,
    _ learn: @escaping @Sendable (_ own: Range<Int>, _ part: BatchPart) -> Found
  ) -> (gradients: [[Float]], losses: [Double], values: [[Float]]) {
    let exchange = Exchange(ranks: ranks)
    for rank in 0..<ranks {
      let first = rank * slicesEach * clips
      let own = first..<min(first + slicesEach * clips, total)
      Thread.detachNewThread {
        let part = BatchPart(first: first, total: total) { exchange.gather($0, rank) }
        exchange.finish(rank, learn(own, part))
      }
    }
    let found = exchange.wait()
    let tree = GradientTree(parameters, Operations())
    tree.begin(terms: ranks)
    for rank in found {
      for (entry, values) in zip(parameters.entries, rank.gradients) {
        tree.add(Matrix(FloatBuffer(values), rows: 1, columns: values.count), of: entry)
      }
      tree.endTerm()
    }
    return (gradients(parameters), found.map(\.loss), found.map(\.values))
  }
}
