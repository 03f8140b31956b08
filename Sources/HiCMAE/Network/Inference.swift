public import Tensor

/// A model with what it needs to run: threads, and memory that the first window sizes for all later ones.
///
/// One window (or batch) at a time, from one thread at a time. The same input gives the same bits at any number of
/// threads, on the same kind of processor.
public final class Inference {
  public let model: HiCMAEModel
  public let operations: Operations
  private let pruning: TokenPruning?

  /// - Parameters:
  ///   - model: the weights; several of these may share one.
  ///   - threads: that share the work, the caller included.
  ///   - level: which kernels to use; by default those that the weights were packed for, or the best.
  ///   - pruning: which of the picture's tokens are left out; nil: none.
  public init(model: HiCMAEModel, threads: Int = 1, level: KernelLevel? = nil, pruning: TokenPruning? = nil) {
    (self.model, self.pruning) = (model, pruning)
    operations = Operations(threads: threads, level: level ?? model.packing?.level ?? .best, packing: model.packing)
  }

  /// Writes the logits of a batch; after the first call of a batch size, without allocating.
  ///
  /// - Parameters:
  ///   - video: batch × (3, 16, 160, 160): colour, frame, row, column, normalised. Not looked at, and may be nil, where
  ///     the model does not have the modality. With ``Configuration/absentTokens`` one of the two may be nil: it is absent.
  ///   - audio: batch × (256, 128): time, mel bin, normalised; likewise.
  ///   - encoded: where it holds a picture that one is taken, and `video` is not looked at; else it keeps this one.
  ///   - logits: batch × outputs, written; their count gives the batch.
  ///   - tap: sees the layers on the way, for tests. Their memory is reused as soon as it returns.
  public func logits(
    video: FloatBuffer?, audio: FloatBuffer?, encoded: EncodedVideo? = nil, into logits: FloatBuffer,
    tap: HiCMAEModel.Tap? = nil
  ) {
    let outputs = model.configuration.outputs
    let batch = logits.count / outputs
    precondition(batch > 0 && logits.count == batch * outputs, "\(logits.count) logits for \(outputs) outputs")
    operations.reset()
    model(
      video: video.map { Matrix($0, rows: batch, columns: Configuration.videoGrid.values) },
      audio: audio.map { Matrix($0, rows: batch, columns: Configuration.audioGrid.values) }, pruning: pruning,
      encoded: encoded, operations, into: Matrix(logits, rows: batch, columns: outputs), tap: tap)
  }

  /// The logits of one window as an array: convenient, and allocates.
  public func logits(video: [Float]?, audio: [Float]?) -> [Float] {
    let result = FloatBuffer(count: model.configuration.outputs)
    logits(video: video.map { FloatBuffer($0) }, audio: audio.map { FloatBuffer($0) }, into: result)
    return result.array
  }
}
