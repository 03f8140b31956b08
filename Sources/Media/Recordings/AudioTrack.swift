internal import CFFmpeg
internal import Signal

/// Decoded sound of one track as chunks of 16 kHz mono on the container's own time line.
final class AudioTrack {
  let info: AudioInfo
  private let source: PacketSource
  private let decoder: Decoder
  private let timeBase: AVRational
  private var clock: SampleClock
  private var resampler: Resampler?
  private var segment = Instant.zero
  private var produced = 0
  private var ready: [AudioChunk] = []
  private var ended = false
  private(set) var delivered = 0

  /// nil: the source has no sound.
  init?(_ source: PacketSource) throws {
    guard let track = source.track(.sound) else { return nil }
    let parameters = track.stream.pointee.codecpar.pointee
    self.source = source
    timeBase = track.timeBase
    decoder = try Decoder(parameters: track.stream.pointee.codecpar, timeBase: timeBase, threads: 1, path: source.path)
    clock = SampleClock(rate: max(Int(parameters.sample_rate), 1))
    var info = AudioInfo(
      sampleRate: Int(parameters.sample_rate), channels: Int(parameters.ch_layout.nb_channels),
      codec: codecName(parameters.codec_id))
    (info.track, info.tracks) = (source.number(.sound), source.labels(.sound))
    self.info = info
  }

  /// The next chunk, never empty; nil at the end.
  func next() throws -> AudioChunk? {
    while true {
      if !ready.isEmpty {
        delivered += 1
        return ready.removeFirst()
      }
      guard !ended else { return nil }
      guard let frame = try decoder.next({ try source.next(.sound) }) else {
        ended = true
        try close()
        continue
      }
      try take(frame)
    }
  }

  var damage: [String] {
    var lines: [String] = []
    if decoder.broken > 0 {
      lines.append("\(source.path): \(decoder.broken) of \(decoder.packets) packets of sound cannot be decoded")
    }
    if clock.resets > 0 {
      lines.append("\(source.path): timestamps of the sound jump back \(clock.resets) times")
    }
    if clock.leaps.refused > 0 {
      lines.append(
        "\(source.path): timestamps of the sound leap forward \(clock.leaps.refused) times too far")
    }
    return lines
  }

  private func take(_ frame: Frame) throws {
    let count = Int(frame.pointer.pointee.nb_samples)
    guard count > 0, frame.pointer.pointee.sample_rate > 0 else { return }
    var stamp = instant(frame.pointer.pointee.best_effort_timestamp, timeBase)
    if let old = resampler, old.shape != Resampler.shape(of: frame) {
      // The sound changes its rate or layout midway: a new segment, where the old one stops.
      stamp = stamp ?? clock.expected
      try close()
      clock = SampleClock(rate: Int(frame.pointer.pointee.sample_rate), after: clock.leaps)
    }
    var skip = 0
    switch clock.join(stamp: stamp, count: count) {
    case .opens(let start):
      try close()
      (segment, produced) = (start, 0)
    case .follows(let dropping): skip = dropping
    }
    if resampler == nil { resampler = try Resampler(for: frame, path: source.path) }
    emit(try resampler!.convert(frame, skipping: skip))
  }

  /// Ends the segment: what the resampler still holds comes out.
  private func close() throws {
    guard let old = resampler else { return }
    resampler = nil
    emit(try old.flush())
  }

  private func emit(_ samples: [Float]) {
    guard !samples.isEmpty else { return }
    let start = segment + Instant(nanoseconds: Int64(produced) * 1_000_000_000 / Int64(AudioChunk.rate))
    ready.append(AudioChunk(start: start, samples: samples))
    produced += samples.count
  }
}
