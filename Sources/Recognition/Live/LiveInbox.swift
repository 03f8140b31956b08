internal import Signal
internal import Threading

/// What other threads hand to the session thread, kind by kind, each with its own limit.
final class LiveInbox: @unchecked Sendable {
  // @unchecked because everything below changes only while `condition` is locked.

  enum Message: Sendable {
    case device(LiveDevice, LiveDevice.Change, String)
    case status(StreamStatus.Code, StreamStatus.Level, String)
  }

  struct Answer: Sendable {
    /// Of the question's parts, in their order.
    var outputs: Result<[[Float]], any Error>
    var milliseconds: Double
  }

  /// Everything that came since the last one.
  struct Batch: Sendable {
    var frames: [FaceFrame<FaceCrop>] = []
    var sounds: [(id: Int, sound: CapturedAudio)] = []
    var messages: [Message] = []
    var answer: Answer?
    var stop: SessionClosed.Reason?

    var isEmpty: Bool {
      frames.isEmpty && sounds.isEmpty && messages.isEmpty && answer == nil && stop == nil
    }
  }

  /// About two seconds of a camera; whoever brings more waits, so that the camera's own ring drops.
  static let frames = 64
  /// Ten seconds; the oldest goes, because the capture must not wait.
  static let samples = 160_000
  /// Rare; the oldest goes.
  static let messages = 256

  private let condition = Condition()
  private var batch = Batch()
  private var heldSamples = 0
  private var isClosed = false
  private var lostSamples = 0
  private var lostMessages = 0

  /// Samples and messages that did not fit.
  var lost: (samples: Int, messages: Int) { condition.locked { (lostSamples, lostMessages) } }

  /// Waits while there are too many.
  /// - Returns: false once closed.
  func push(_ frame: FaceFrame<FaceCrop>) -> Bool {
    condition.locked {
      while batch.frames.count >= Self.frames, !isClosed { condition.wait(until: nil) }
      guard !isClosed else { return false }
      batch.frames.append(frame)
      condition.wakeAll()
      return true
    }
  }

  /// - Returns: false once closed.
  func push(_ sound: CapturedAudio, id: Int) -> Bool {
    condition.locked {
      guard !isClosed else { return false }
      var old = 0
      while old < batch.sounds.count, heldSamples + sound.samples.count > Self.samples {
        heldSamples -= batch.sounds[old].sound.samples.count
        lostSamples += batch.sounds[old].sound.samples.count
        old += 1
      }
      batch.sounds.removeFirst(old)
      batch.sounds.append((id, sound))
      heldSamples += sound.samples.count
      condition.wakeAll()
      return true
    }
  }

  func push(_ message: Message) {
    condition.locked {
      guard !isClosed else { return }
      if batch.messages.count >= Self.messages {
        batch.messages.removeFirst()
        lostMessages += 1
      }
      batch.messages.append(message)
      condition.wakeAll()
    }
  }

  /// There is one window in flight, so one answer.
  func push(_ answer: Answer) {
    condition.locked {
      batch.answer = answer
      condition.wakeAll()
    }
  }

  /// Only an answer still comes through.
  func stop(_ reason: SessionClosed.Reason) {
    condition.locked {
      guard batch.stop == nil else { return }
      batch.stop = reason
      isClosed = true
      condition.wakeAll()
    }
  }

  /// What came; waits for something until `deadline`.
  func take(until deadline: Int64) -> Batch {
    condition.locked {
      while batch.isEmpty, condition.wait(until: deadline) {}
      defer {
        batch = Batch()
        heldSamples = 0
        condition.wakeAll()
      }
      return batch
    }
  }
}
