import Signal

/// A small generator, the same on every run (splitmix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A whole recording in memory: frames labelled with their index, and samples by position, nil in a hole.
struct Recording {
  var hop: Instant
  var frames: [FaceFrame<Int>] = []
  var samples: [Float?] = []
  var hasVideo = true
  var hasAudio = true

  var end: Int64 {
    max(frames.last.map { $0.time.nanoseconds + $0.duration.nanoseconds } ?? 0, Int64(samples.count) * 62_500)
  }
}

/// What must come out, straight from the rules with everything in memory: no state, nothing slid, nothing forgotten.
struct WindowOracle {
  let recording: Recording
  let bank = FilterBank()

  func windows() -> [Window<Int>] {
    let (end, hop) = (recording.end, recording.hop.nanoseconds)
    var windows: [Window<Int>] = []
    while 2_560_000_000 + Int64(windows.count) * hop <= end + 1_000 {
      let start = Int64(windows.count) * hop
      windows.append(window(windows.count, start, 2_560_000_000, needed: 12))
    }
    if windows.isEmpty, !recording.frames.isEmpty || !recording.samples.isEmpty {
      // 3/4 of the slots that lie in the recording, rounded up.
      let slots = (0..<16).count { Int64($0) * 160_000_000 < end }
      windows.append(window(0, 0, end, needed: max(1, Int((0.75 * Double(slots)).rounded(.up)))))
    }
    return windows
  }

  func window(_ index: Int, _ start: Int64, _ length: Int64, needed: Int) -> Window<Int> {
    let isShort = length < 2_560_000_000
    let slots: [FaceFrame<Int>?] = (0..<16).map { i in
      let instant = start + Int64(i) * 160_000_000
      guard instant < start + length else { return nil }
      guard let frame = recording.frames.last(where: { $0.time.nanoseconds <= instant }) else { return nil }
      return instant - frame.time.nanoseconds <= 200_000_000 ? frame : nil
    }
    let ids = Set(slots.flatMap { $0?.faces.map(\.followed.id) ?? [] })
    let last = (0..<16).last { Int64($0) * 160_000_000 < length } ?? 0
    let people = ids.map { id in person(id, in: slots, until: last, needed: needed) }
      .sorted { zip($0.rank, $1.rank).first { $0 != $1 }.map { $0 > $1 } ?? false }.map(\.person)

    let lastSlot = start + Int64(last) * 160_000_000
    let dropped = recording.frames.filter { $0.time.nanoseconds > start && $0.time.nanoseconds <= lastSlot }
      .reduce(0) { $0 + $1.droppedBefore }

    let base = Int((start + 31_250) / 62_500)
    let count = Int((length + 31_250) / 62_500)
    let own = (base..<base + count).compactMap { at($0) }
    let used = own.count * 10 >= count * 9 && count >= 400
    var spectrogram = [Float](repeating: 0, count: 256 * 128)
    if used {
      for r in 0..<256 {
        let first = base + 160 * r
        if isShort, first + 400 > recording.samples.count { break }
        let row = bank.spectrogram(of: (first..<first + 400).map { at($0) ?? 0 }).values
        for bin in 0..<128 { spectrogram[r * 128 + bin] = row[bin] }
      }
    }
    return Window(
      index: index, start: Instant(nanoseconds: start), end: Instant(nanoseconds: start + length),
      people: people, video: .init(frames: slots.count { $0 != nil }, dropped: dropped),
      audio: .init(
        spectrogram: used ? spectrogram : nil, coverage: count == 0 ? 0 : Double(own.count) / Double(count),
        level: own.isEmpty ? nil : 0))
  }

  /// One person in a window, and what counts for being in front: most slots in front, most slots, the newest slot, and the
  /// place in that slot's frame.
  private func person(
    _ id: Int, in slots: [FaceFrame<Int>?], until last: Int, needed: Int
  ) -> (person: Window<Int>.Person, rank: [Int]) {
    let own = slots.map { $0?.faces.first { $0.followed.id == id } }
    var crops: [Int?] = own.map { $0?.crop }
    let faces = crops.count { $0 != nil }
    for i in 1..<16 where crops[i] == nil { crops[i] = crops[i - 1] }
    for i in (0..<15).reversed() where crops[i] == nil { crops[i] = crops[i + 1] }
    let newest = own.lastIndex { $0 != nil }!
    let place = slots[newest]!.faces.firstIndex { $0.followed.id == id }!
    var person = Window<Int>.Person(
      face: own[newest]!.followed, crops: faces >= needed ? crops.map { $0! } : nil, slots: faces)
    person.isInNewestSlot = newest == last
    return (
      person,
      [slots.count { $0?.face?.id == id }, faces, newest, -place]
    )
  }

  func at(_ position: Int) -> Float? {
    recording.samples.indices.contains(position) ? recording.samples[position] : nil
  }
}

/// Feeds a recording to an assembler as Media does: crops only where wanted, chunks cut anyhow.
struct Feeder {
  let recording: Recording
  /// Longest chunk; lengths are random below.
  var chunk = 4000
  /// nil: read the track that the assembler wants; else whichever the generator says.
  var order: Seeded?
  var lengths: Seeded
  var mostFrames = 0
  var mostSamples = 0
  var counters = WindowAssembler<Int>.Counters()
  var rows = 0

  init(_ recording: Recording, seed: UInt64, anyOrder: Bool = false, chunk: Int = 4000) {
    (self.recording, self.chunk) = (recording, chunk)
    lengths = Seeded(state: seed)
    order = anyOrder ? Seeded(state: seed &+ 1) : nil
  }

  mutating func run(_ body: ((Window<Int>) -> Void)? = nil) -> [Window<Int>] {
    let schedule = WindowSchedule(hop: recording.hop)
    var assembler = WindowAssembler<Int>(schedule: schedule, video: recording.hasVideo, audio: recording.hasAudio)
    var windows: [Window<Int>] = []
    var (f, p) = (0, 0)
    var (video, audio) = (recording.hasVideo, recording.hasAudio)
    while video || audio {
      let wantsVideo = order == nil ? assembler.wantsVideo : Bool.random(using: &order!)
      if video && (wantsVideo || !audio) {
        if f < recording.frames.count {
          var frame = recording.frames[f]
          let next = f + 1 < recording.frames.count ? recording.frames[f + 1].time : nil
          if !schedule.wants(frameAt: frame.time, next: next) {
            for i in frame.faces.indices { frame.faces[i].crop = nil }
          }
          assembler.receive(frame)
          f += 1
        } else {
          assembler.endVideo()
          video = false
        }
      } else if audio {
        while p < recording.samples.count, recording.samples[p] == nil { p += 1 }
        if p < recording.samples.count {
          let most = Int.random(in: 1...chunk, using: &lengths)
          let samples = recording.samples[p..<min(p + most, recording.samples.count)].prefix { $0 != nil }
          assembler.receive(AudioChunk(start: SampleBuffer.time(of: p), samples: samples.map { $0! }))
          p += samples.count
        } else {
          assembler.endAudio()
          audio = false
        }
      }
      while let window = assembler.next() {
        if let body { body(window) } else { windows.append(window) }
      }
      mostFrames = max(mostFrames, assembler.held.frames)
      mostSamples = max(mostSamples, assembler.held.samples)
    }
    counters = assembler.counters
    rows = assembler.held.rows
    return windows
  }
}

/// The first difference between two windows in words; nil if they are the same, bit for bit (levels aside).
func difference(_ a: Window<Int>, _ b: Window<Int>) -> String? {
  if a.index != b.index || a.start != b.start || a.end != b.end {
    return "place \(a.index) \(b.index) \(a.end) \(b.end)"
  }
  if a.people.map(\.face) != b.people.map(\.face) { return "faces \(a.people.map(\.face)) \(b.people.map(\.face))" }
  if a.people.map(\.crops) != b.people.map(\.crops) {
    return "crops \(a.people.map(\.crops)) \(b.people.map(\.crops))"
  }
  if a.people.map(\.slots) != b.people.map(\.slots) || a.video.frames != b.video.frames { return "frames or slots" }
  if a.people.map(\.isInNewestSlot) != b.people.map(\.isInNewestSlot) { return "who is in the newest slot" }
  if a.video.dropped != b.video.dropped { return "dropped \(a.video.dropped) \(b.video.dropped)" }
  if a.audio.coverage != b.audio.coverage { return "coverage \(a.audio.coverage) \(b.audio.coverage)" }
  if (a.audio.level == nil) != (b.audio.level == nil) { return "level" }
  guard let x = a.audio.spectrogram, let y = b.audio.spectrogram else {
    return (a.audio.spectrogram == nil) == (b.audio.spectrogram == nil) ? nil : "spectrogram used"
  }
  return x == y ? nil : "spectrogram row \(zip(x, y).enumerated().first { $1.0 != $1.1 }!.offset / 128)"
}
