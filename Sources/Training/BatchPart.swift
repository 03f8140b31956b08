package import Tensor

/// Which clips of a batch a learner computes where several processes share it, and how it gets what a loss must know of
/// the others' clips.
///
/// This is all that losses exchange; the gradients of the processes are added by a ``GradientTree``. A process has whole
/// slices of ``SlicedPass/clips`` clips, 2ᵏ of them, but for the last process, which may have fewer.
public struct BatchPart {
  /// Clips of the batch before the learner's first one, and of the whole batch.
  public let first, total: Int
  /// Gets the same number of values for every clip of the learner, clip after clip, and returns those of all clips of the
  /// batch in its order. All processes call it equally often, with equally many values a clip.
  public let gather: (_ own: [Double]) -> [Double]

  public init(first: Int, total: Int, gather: @escaping (_ own: [Double]) -> [Double]) {
    precondition(first >= 0 && first < total, "a part from clip \(first) of \(total)")
    (self.first, self.total, self.gather) = (first, total, gather)
  }

  /// All of a batch.
  public static func whole(_ clips: Int) -> BatchPart { BatchPart(first: 0, total: clips) { $0 } }

  /// The rows of all clips of the batch: (total, columns), in memory of their own.
  /// - Parameter own: of the learner's clips, (clips, columns) in all.
  package func gathered(_ own: [Matrix]) -> Matrix {
    let all = gather(own.flatMap { $0.array.map(Double.init) })
    let columns = own.first?.columns ?? 0
    precondition(all.count == total * columns, "\(all.count) values of \(total) clips of \(columns)")
    return Matrix(FloatBuffer(all.map(Float.init)), rows: total, columns: columns)
  }
}
