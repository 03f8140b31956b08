public import Tensor

/// A network with its weights in memory. It has no memory for passes: ``engine(_:)`` makes that.
public protocol Network: Sendable {
  var sizes: any NetworkSizes { get }

  /// How its weights were packed; nil: they are plain.
  var packing: WeightPacking? { get }

  /// The network with threads and memory of its own, ready to answer windows.
  func engine(_ options: EngineOptions) -> any NetworkEngine
}

/// How a network runs.
public struct EngineOptions: Hashable, Sendable {
  /// Threads that share the work, the caller included.
  public var threads = 1
  /// The share of a window's video tokens that is computed; see ``Architecture/videoTokenShares``. 1: all.
  public var videoTokens = 1.0
  /// Whether encoded video is kept, so that later windows can rest on it; see ``Architecture/reusesVideo``.
  public var keepsVideo = false

  public init(threads: Int = 1) { self.threads = threads }
}

/// One window as a network takes it.
public struct NetworkInput {
  /// Values of the shape that ``NetworkSizes/inputs`` has, normalised; nil for a modality that is not there. Several
  /// windows stand one after the other.
  public var video, audio: FloatBuffer?
  /// Where the engine keeps what it computes of `video`, from 0: people who are in one window have slots of their own.
  public var videoSlot: Int
  /// Whether `video` is that of the last call with this slot, so that work on it need not be done again.
  public var isSameVideo: Bool
  /// The place among ``NetworkSizes/heads`` of the only head that is asked, with the one of attributes beside it; nil: all are.
  public var onlyHead: Int?
  /// Steps of features that count, the first ones; nil: all. For a single window.
  public var videoSteps, audioSteps: Int?
  /// What is known of its steps; none of several windows at once.
  public var steps = WindowSteps()

  public init(video: FloatBuffer?, audio: FloatBuffer?, videoSlot: Int = 0, isSameVideo: Bool = false) {
    (self.video, self.audio) = (video, audio)
    (self.videoSlot, self.isSameVideo) = (videoSlot, isSameVideo)
  }
}

/// Which steps of a window are in other windows, too, so that a network need not encode them again.
public struct WindowSteps: Hashable, Sendable {
  /// Of every frame; nil: nothing is known of them.
  public var frames: [StepKey]?
  /// Of the first row of the spectrogram; the rows after it stand at the places after its place. nil: nothing is known of
  /// them.
  public var firstRow: StepKey?
  /// Rows from the first on that other windows have, too; those behind them may change.
  public var finalRows: Int

  public init(frames: [StepKey]? = nil, firstRow: StepKey? = nil, finalRows: Int = 0) {
    (self.frames, self.firstRow, self.finalRows) = (frames, firstRow, finalRows)
  }
}

/// A network that answers: it has threads, and memory that the first window sizes for all later ones. It may keep what it
/// computed of a window for the next one.
///
/// One window at a time, from one thread at a time. The same inputs in the same order give the same bits at any number of
/// threads, on the same kind of processor.
public protocol NetworkEngine: AnyObject {
  /// The kernels and threads that it runs on.
  var operations: Operations { get }

  /// Writes the outputs of every head that is asked and whose modalities the input has; after the first window, without
  /// allocating. It runs on the calling thread and on workers of its own, and never suspends.
  ///
  /// - Parameters:
  ///   - input: the window.
  ///   - outputs: one for each of ``NetworkSizes/heads``, of windows × outputs values. Those of heads that lack a
  ///     modality or are not asked stay as they are.
  func answer(_ input: NetworkInput, into outputs: [FloatBuffer])
}
