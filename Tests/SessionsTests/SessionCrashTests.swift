import Files
import Foundation
import Media
import MediaFixtures
import Signal
import Testing
import Threading

@testable import Sessions

/// Sessions whose process was killed or whose disk was full: what is there replays.
@Suite struct SessionCrashes {
  private func unclosed(_ session: TestSession) -> SessionRecording.Facts {
    var facts = session.facts
    facts.isClosed = false
    return facts
  }

  /// What there is, is the begin of what there would be; the last frame is the last, so its end is not known.
  private func isBegin(_ taken: TakenSession, _ frames: [FaceFrame<FaceCrop>], _ chunks: [AudioChunk]) -> Bool {
    let count = taken.frames.count
    return count <= frames.count && taken.chunks.count <= chunks.count
      && taken.chunks.map(\.everything) == chunks.prefix(taken.chunks.count).map(\.everything)
      && taken.frames.dropLast().map(\.everything) == frames.prefix(max(count - 1, 0)).map(\.everything)
      && taken.frames.last.map { $0.index == frames[count - 1].index && $0.time == frames[count - 1].time } ?? true
  }

  /// Where clusters begin, and their times in milliseconds.
  private func clusters(_ movie: Data) -> [(offset: Int, time: Int64)] {
    let bytes = [UInt8](movie)
    return (0..<bytes.count - 40).filter { bytes[$0..<$0 + 4].elementsEqual([0x1F, 0x43, 0xB6, 0x75]) }.map { at in
      // The timestamp (E7, its length, big-endian) stands behind the cluster's length and its checksum.
      let mark = (at + 5..<at + 24).first { bytes[$0] == 0xE7 && (0x81...0x88).contains(bytes[$0 + 1]) }!
      let count = Int(bytes[mark + 1] & 0x0F)
      return (at, bytes[mark + 2..<mark + 2 + count].reduce(0) { $0 << 8 | Int64($1) })
    }
  }

  @Test(arguments: [CapturedFrame.Format.jpeg, .yuyv])
  func aMovieCutAnywhereGivesWhatIsBefore(_ format: CapturedFrame.Format) throws {
    let scratch = try Scratch()
    let session = try TestSession(seconds: 1.5, format: format)
    try session.write(to: scratch.file("a"))
    let (frames, chunks) = (try session.expectedFrames(), session.expectedChunks)
    let path = scratch.file("a/session.mkv")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    let marks = clusters(whole)
    #expect(marks.count >= 6)
    var random = SystemRandomNumberGenerator()
    var cuts: [(Int, Int64)] = marks.flatMap { [($0.offset, $0.time), ($0.offset + 1, $0.time)] }
    cuts += (0..<25).map { _ in (Int.random(in: 0..<whole.count, using: &random), Int64(0)) }
    cuts += [(0, 0), (1, 0), (40, 0)]
    for (cut, time) in cuts {
      try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
      let taken = try TakenSession(scratch.file("a"), unclosed(session))
      #expect(isBegin(taken, frames, chunks), "cut at \(cut) of \(whole.count)")
      #expect(taken.damage == [])
      // All frames before a cluster are there when it is not.
      let due = session.frames.filter { max($0.time - TestSession.zero, 0) / 1_000_000 < time }
      #expect(taken.frames.count >= due.count { session.faces[$0.index] != nil }, "cut at \(cut)")
    }
  }

  @Test func tablesCutAnywhereGiveWhatIsBefore() throws {
    let scratch = try Scratch()
    let session = try TestSession(seconds: 1)
    try session.write(to: scratch.file("a"))
    let (frames, chunks) = (try session.expectedFrames(), session.expectedChunks)
    for name in ["frames.tsv", "chunks.tsv", "faces.tsv"] {
      let file = URL(fileURLWithPath: scratch.file("a/" + name))
      let whole = try Data(contentsOf: file)
      for cut in [0, 3] + stride(from: 11, to: whole.count, by: 97) {
        try whole.prefix(cut).write(to: file)
        #expect(isBegin(try TakenSession(scratch.file("a"), unclosed(session)), frames, chunks), "\(name) at \(cut)")
      }
      try FileManager.default.removeItem(at: file)
      #expect(isBegin(try TakenSession(scratch.file("a"), unclosed(session)), frames, chunks), "no \(name)")
      try whole.write(to: file)
    }
    let taken = try TakenSession(scratch.file("a"), session.facts)
    #expect(taken.frames.count == frames.count && taken.chunks.count == chunks.count)
  }

  /// Flipped bits end what they are in, and are said.
  @Test func damagedSoundEndsThere() throws {
    let scratch = try Scratch()
    let session = try TestSession(seconds: 2, format: nil)
    try session.write(to: scratch.file("a"))
    let file = URL(fileURLWithPath: scratch.file("a/session.mkv"))
    var bytes = try Data(contentsOf: file)
    let middle = clusters(bytes)[4].offset + 120
    for i in 0..<8 { bytes[middle + i] ^= 0x55 }
    try bytes.write(to: file)
    let taken = try TakenSession(scratch.file("a"), session.facts)
    let expected = session.expectedChunks
    #expect(taken.chunks.count < expected.count)
    #expect(taken.chunks.map(\.everything) == expected.prefix(taken.chunks.count).map(\.everything))
    #expect(taken.damage.count >= 1)
  }

  @Test func aTrackThatEndsLongBeforeTheOtherHasEnded() throws {
    let scratch = try Scratch()
    var session = try TestSession(seconds: 3)
    session.frames.removeAll { $0.time > TestSession.zero + 1_000_000_000 }
    session.faces = session.faces.filter { $0.key < session.frames.count }
    try session.write(to: scratch.file("a"))
    let lost = try TakenSession(scratch.file("a"), unclosed(session)).recording
    #expect(lost.videoHasEnded && !lost.soundHasEnded)
    let even = try TestSession(seconds: 1.5)
    try even.write(to: scratch.file("b"))
    let killed = try TakenSession(scratch.file("b"), unclosed(even)).recording
    #expect(!killed.videoHasEnded && !killed.soundHasEnded)
    let closed = try TakenSession(scratch.file("b"), even.facts).recording
    #expect(closed.videoHasEnded && closed.soundHasEnded)
  }

  /// A process that kills itself while it records, in real time.
  @Test func aKilledProcessLosesLittle() async throws {
    let scratch = try Scratch()
    let path = scratch.file("a")
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let session = try TestSession(seconds: 1.6)
      try SessionFolder.make(path)
      let recorder = try SessionRecorder(folder: path, zero: TestSession.zero, picture: true, sound: true) { _ in }
      let start = MonotonicClock.now() - TestSession.zero
      var next = 0
      for frame in session.frames {
        MonotonicClock.wait(until: frame.time + start)
        while next < session.sounds.count, session.sounds[next].sound.time < frame.time {
          recorder.sound(session.sounds[next].sound, seen: session.sounds[next].seen)
          next += 1
        }
        recorder.frame(frame)
        if let faces = session.faces[frame.index] {
          recorder.faces(index: frame.index, faces: faces, next: session.following(frame))
        }
        recorder.line(Array("{}\n".utf8))
      }
      kill(getpid(), SIGKILL)
    }
    let session = try TestSession(seconds: 1.6)
    let taken = try TakenSession(path, unclosed(session))
    #expect(isBegin(taken, try session.expectedFrames(), session.expectedChunks))
    // 0.2 s by design; as much again for a busy machine.
    #expect((taken.frames.last?.time.seconds ?? 0) > 1.2)
    #expect((taken.chunks.last?.end.seconds ?? 0) > 1.1)
    // Rows and lines are with the kernel at once, but for those that the recorder had not taken yet.
    var rows = try SessionTable<SessionFrameRow>(folder: path)
    var count = 0
    while try rows.next() != nil { count += 1 }
    #expect(count >= session.frames.count - 6)
  }

  @Test func aFullDiskEndsTheRecordingOnly() async throws {
    let scratch = try Scratch()
    let path = scratch.file("a")
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let session = try TestSession(seconds: 3)
      try SessionFolder.make(path)
      let told = BoundedQueue<MediaError>(capacity: 10, policy: .refuseNewest)
      let recorder = try SessionRecorder(folder: path, zero: TestSession.zero, picture: true, sound: true) {
        told.push($0)
      }
      session.record(recorder)
      let summary = recorder.close()
      let counted = summary.counters
      guard summary.failure?.kind == .cannotWrite, told.counters.pushed == 1 else { exit(3) }
      guard counted.frames > 5, counted.framesLost > 5, counted.frames + counted.framesLost == session.frames.count
      else { exit(4) }
      guard counted.chunks + counted.chunksLost == session.sounds.count, counted.eventsLost > 0 else { exit(5) }
      exit(0)
    }
    let session = try TestSession(seconds: 3)
    let taken = try TakenSession(path, unclosed(session))
    #expect(isBegin(taken, try session.expectedFrames(), session.expectedChunks) && taken.frames.count > 5)
  }

  @Test func aFullQueueLosesAndCounts() throws {
    let scratch = try Scratch()
    let session = try TestSession(seconds: 3, format: .nv12)
    try SessionFolder.make(scratch.file("a"))
    let recorder = try SessionRecorder(
      folder: scratch.file("a"), zero: TestSession.zero, picture: true, sound: true, capacity: 60_000
    ) { _ in }
    session.record(recorder)
    let counted = recorder.close().counters
    #expect(counted.frames + counted.framesLost == session.frames.count && counted.framesLost > 0)
    #expect(counted.chunks + counted.chunksLost == session.sounds.count)
    // What is there is still in order and whole.
    let taken = try TakenSession(scratch.file("a"), session.facts)
    let bySeen = Dictionary(uniqueKeysWithValues: try session.expectedFrames().map { ($0.index, $0) })
    #expect(taken.frames.count > 0 && taken.frames.allSatisfy { $0.time == bySeen[$0.index]?.time })
    #expect(taken.damage == [])
  }
}
