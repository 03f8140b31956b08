internal import Glibc

/// Makes windows of frames and samples: a state machine that every recording and every live session uses.
///
/// Call `next()` until it is nil after every `receive` or `end`. Read the track that `wantsVideo` names next.
///
/// A window [e − 2.56, e) comes out when every track has passed what it needs: the picture has a frame later than the
/// last slot, or ended; the sound has every sample up to e + 15 ms, or ended; and one of them is known to reach e.
/// What a window holds depends on frames and samples alone, not on how they were cut into chunks, nor on which track
/// was read first.
///
/// A live session cannot wait for ever: `passVideo(to:)` and `passAudio(to:)` say that a track has passed an instant with
/// what it has. What comes after all for the time before is refused (`receive` returns false), so a window that is out
/// never depends on what came later, and the accepted frames and samples alone give the same windows again.
///
/// Memory is bounded: what no window ahead can ask for is forgotten at once, and a track that holds more than
/// `Capacity` while the other does not come is not kept waiting (`Counters.forced`).
///
/// A recording shorter than a window gives one window as the published evaluation makes it: slots past the end
/// repeat the last crop, spectrogram rows that do not fit whole are 0.0, and the rules of 12 slots and 90 % relate to
/// the recording's own length.
///
/// Not `Sendable`, because its filter bank has scratch memory: it belongs to one thread at a time.
public struct WindowAssembler<Crop: Sendable> {
  /// What may wait for the other track; more than one window holds.
  public struct Capacity: Hashable, Sendable {
    /// 16 kHz samples; one minute. A chunk may not be longer.
    public var samples = 960_000
    /// Frames, of those that a window asks for.
    public var frames = 512

    public init() {}
  }

  /// What went in and what became of it.
  public struct Counters: Hashable, Sendable {
    /// Frames received.
    public var frames = 0
    /// Frames that a slot of an emitted window showed.
    public var framesUsed = 0
    /// Frames with a face that is followed.
    public var framesWithFace = 0
    /// Frames and chunks of sound refused because their track had passed them.
    public var framesLate = 0
    public var chunksLate = 0
    /// Frames known to be lost before they came here.
    public var framesDropped = 0
    /// Frames received that no window has shown (so far).
    public var framesUnused: Int { frames - framesUsed }
    /// Places where the sound has a hole.
    public var audioHoles = 0
    /// Windows emitted.
    public var windows = 0
    /// Windows that did not wait for a track that is far behind.
    public var forced = 0
    /// Frames and samples forgotten because nobody called `next()`.
    public var overflow = 0

    public init() {}
  }

  public let schedule: WindowSchedule
  public let capacity: Capacity
  /// How much of each modality a window needs.
  public let evidence: WindowEvidence

  private var frames: FrameBuffer<Crop>
  private var samples: SampleBuffer
  private var spectrogram = SlidingSpectrogram()
  private var videoEnded: Bool
  private var audioEnded: Bool
  private var index = 0
  private var isOver = false
  private var counted = Counters()

  /// - Parameters:
  ///   - schedule: where the windows lie.
  ///   - video: whether there is a video track; one that does not exist is never waited for.
  ///   - audio: whether there is an audio track; likewise.
  ///   - evidence: how much of each modality a window needs.
  ///   - capacity: what may wait for the other track.
  public init(
    schedule: WindowSchedule, video: Bool, audio: Bool, evidence: WindowEvidence = .fixed,
    capacity: Capacity = Capacity()
  ) {
    (self.schedule, self.evidence, self.capacity) = (schedule, evidence, capacity)
    frames = FrameBuffer(schedule: schedule, limit: 2 * capacity.frames)
    samples = SampleBuffer(limit: 2 * capacity.samples)
    (videoEnded, audioEnded) = (!video, !audio)
  }

  public var counters: Counters {
    var counters = counted
    counters.audioHoles = samples.holes
    counters.overflow = frames.overflow + samples.overflow
    return counters
  }

  /// Whether the picture is behind, or the sound has ended: the track to read next. False once the picture ended.
  public var wantsVideo: Bool {
    if videoEnded { return false }
    guard !audioEnded, let video = frames.newest else { return true }
    guard let front = samples.front else { return false }
    return video.time <= SampleBuffer.time(of: front)
  }

  /// Whether both tracks have ended.
  public var hasEnded: Bool { videoEnded && audioEnded }

  /// The next frame of the picture; frames come in order of time.
  /// - Returns: whether it was accepted; false if the picture has passed it, is ahead of it, or ended.
  @discardableResult
  public mutating func receive(_ frame: FaceFrame<Crop>) -> Bool {
    guard !videoEnded else { return false }
    counted.frames += 1
    counted.framesDropped += max(frame.droppedBefore, 0)
    if !frame.faces.isEmpty { counted.framesWithFace += 1 }
    guard frames.append(frame) else {
      counted.framesLate += 1
      return false
    }
    frames.forget(before: schedule.start(of: index))
    return true
  }

  /// The next samples of the sound.
  /// - Returns: whether they were accepted; false, all of them, if the sound has passed the first one or ended.
  @discardableResult
  public mutating func receive(_ chunk: AudioChunk) -> Bool {
    guard !audioEnded else { return false }
    guard samples.append(chunk) else {
      counted.chunksLate += 1
      return false
    }
    let base = SlidingSpectrogram.base(of: schedule.start(of: index))
    if let front = samples.front, front < SlidingSpectrogram.end(of: base) {
      spectrogram.advance(base: base, line: samples, front: front)
    }
    return true
  }

  /// The picture has passed `instant` with what it has: frames at or before it are refused from now on.
  public mutating func passVideo(to instant: Instant) { frames.pass(to: instant) }

  /// The sound has passed `instant` with what it has: chunks that begin before it are refused from now on.
  public mutating func passAudio(to instant: Instant) { samples.pass(to: instant) }

  /// The newest frame's time, and the time after the newest sample; nil before the first.
  public var newest: (frame: Instant?, sound: Instant?) {
    (frames.newest?.time, samples.front.map(SampleBuffer.time(of:)))
  }

  /// What the next window needs of each track: a frame after the first instant or the picture passed to it, samples up
  /// to the second or the sound passed to it.
  public var wanted: (frame: Instant, sound: Instant) {
    let base = SlidingSpectrogram.base(of: schedule.start(of: index))
    return (
      schedule.slot(WindowSchedule.frames - 1, of: index), SampleBuffer.time(of: SlidingSpectrogram.end(of: base))
    )
  }

  /// What is in memory now, and rows of the filter bank computed so far; for tests and logs.
  package var held: (frames: Int, samples: Int, rows: Int) {
    (frames.count, samples.held, spectrogram.computed)
  }

  /// No frame follows.
  public mutating func endVideo() { videoEnded = true }

  /// No sample follows.
  public mutating func endAudio() { audioEnded = true }

  /// The next window if it is ready.
  public mutating func next() -> Window<Crop>? {
    guard !isOver else { return nil }
    if hasEnded, !reaches(schedule.end(of: index), at: max(end, passed)) {
      isOver = true
      return index == 0 ? shortWindow() : nil
    }
    guard reaches(schedule.end(of: index), at: hasEnded ? max(end, passed) : progress) else { return nil }
    if !(isVideoReady && isAudioReady) {
      guard frames.count > capacity.frames || samples.held > capacity.samples else { return nil }
      counted.forced += 1
    }
    let start = schedule.start(of: index)
    let base = SlidingSpectrogram.base(of: start)
    let (people, video) = picture(
      (0..<WindowSchedule.frames).map { schedule.slot($0, of: index) }, start: start,
      needed: evidence.remainingSlots, ample: evidence.enteringSlots)
    let window = Window(
      index: index, start: start, end: schedule.end(of: index), people: people, video: video,
      audio: sound(base: base, count: Self.samplesInWindow))
    index += 1
    counted.windows += 1
    frames.forget(before: schedule.start(of: index))
    samples.forget(before: SlidingSpectrogram.base(of: schedule.start(of: index)))
    return window
  }

  static var samplesInWindow: Int { SampleBuffer.position(of: WindowSchedule.length) }

  private var isVideoReady: Bool {
    guard !videoEnded else { return true }
    let lastSlot = schedule.slot(WindowSchedule.frames - 1, of: index)
    if frames.passed >= lastSlot { return true }
    guard let newest = frames.newest else { return false }
    return newest.time > lastSlot
  }

  private var isAudioReady: Bool {
    guard !audioEnded else { return true }
    return final >= SlidingSpectrogram.end(of: SlidingSpectrogram.base(of: schedule.start(of: index)))
  }

  /// Samples before this position are final.
  private var final: Int { max(samples.front ?? 0, samples.passed) }

  /// How far the tracks were declared to go; a session whose devices are gone still has windows.
  private var passed: Instant {
    max(frames.passed, samples.passed > 0 ? SampleBuffer.time(of: samples.passed) : .zero)
  }

  /// The end of the longer track, once both have ended.
  private var end: Instant {
    max(frames.newest?.end ?? .zero, samples.front.map(SampleBuffer.time(of:)) ?? .zero)
  }

  /// How far the recording is known to go. The duration of a frame counts only if no other frame follows it.
  private var progress: Instant {
    let video = videoEnded ? frames.newest?.end : frames.newest?.time
    return max(video ?? .zero, samples.front.map(SampleBuffer.time(of:)) ?? .zero, passed)
  }

  /// Ends are sums of rounded times; the stream's own precision is 1 µs.
  private func reaches(_ instant: Instant, at end: Instant) -> Bool { end.nanoseconds + 1_000 >= instant.nanoseconds }

  /// The one window of a recording that is shorter; nil for an empty one.
  private mutating func shortWindow() -> Window<Crop>? {
    guard frames.newest != nil || samples.front != nil else { return nil }
    let (end, count) = (end, SampleBuffer.position(of: end))
    let slots = (0..<WindowSchedule.frames).map { schedule.slot($0, of: 0) }.filter { $0 < end }
    counted.windows += 1
    // Nothing can have been in use before.
    let ample = max((slots.count * evidence.enteringSlots + WindowSchedule.frames - 1) / WindowSchedule.frames, 1)
    let (people, video) = picture(slots, start: .zero, needed: ample, ample: ample)
    return Window(
      index: 0, start: .zero, end: end, people: people, video: video,
      audio: sound(base: 0, count: min(count, Self.samplesInWindow), isShort: true))
  }

  private mutating func picture(
    _ slots: [Instant], start: Instant, needed: Int, ample: Int
  ) -> (people: [Window<Crop>.Person], video: Window<Crop>.Video) {
    let (found, new) = frames.fill(slots)
    counted.framesUsed += new
    let lost = frames.lost(after: start, lastSlot: slots.last ?? start)
    let shown = FaceSlots(found)
    return (shown.people(needed: needed, ample: ample), .init(frames: shown.frames, dropped: lost))
  }

  private mutating func sound(base: Int, count: Int, isShort: Bool = false) -> Window<Crop>.Audio {
    let (squares, existing) = samples.energy(in: base..<base + count)
    let coverage = count > 0 ? Double(existing) / Double(count) : 0
    // A digital silence has no level in dB; −120 is below every 16-bit recording.
    let level = existing > 0 ? max(10 * log10(squares / Double(existing)), -120) : nil
    let front = audioEnded ? Int.max : final
    let last = isShort ? samples.front ?? 0 : nil
    let isAmple = existing * 100 >= count * evidence.enteringCoverage
    guard isAmple || !isShort && existing * 100 >= count * evidence.remainingCoverage, count >= FilterBank.samples
    else {
      return .init(spectrogram: nil, coverage: coverage, level: level)
    }
    var audio = Window<Crop>.Audio(
      spectrogram: spectrogram.window(base: base, line: samples, front: front, last: last), coverage: coverage,
      level: level)
    (audio.isAmple, audio.isSilent) = (isAmple, Silence.isSilent(peak: samples.peak(in: base..<base + count)))
    audio.firstSample = base
    audio.finalRows = isShort ? 0 : SlidingSpectrogram.finalRows(base: base, front: front)
    return audio
  }
}
