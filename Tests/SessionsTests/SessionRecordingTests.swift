import Files
import Foundation
import MediaFixtures
import Signal
import Testing

@testable import Media
@testable import Sessions

@Suite struct SessionRoundTrip {
  private func compare(_ session: TestSession, _ taken: TakenSession) throws {
    let frames = try session.expectedFrames()
    #expect(firstDifference(taken.frames.map(\.everything), frames.map(\.everything)) == nil)
    #expect(taken.frames.contains { $0.crop != nil } || frames.isEmpty)
    #expect(firstDifference(taken.chunks.map(\.everything), session.expectedChunks.map(\.everything)) == nil)
    #expect(taken.damage == [])
  }

  @Test(arguments: [CapturedFrame.Format.jpeg, .yuyv, .nv12])
  func givesWhatWasSeenBitForBit(_ format: CapturedFrame.Format) throws {
    let scratch = try Scratch()
    let session = try TestSession(format: format)
    let summary = try session.write(to: scratch.file("a"))
    let taken = try TakenSession(scratch.file("a"), session.facts)
    try compare(session, taken)
    let codec = format == .jpeg ? "mjpeg" : "ffv1"
    #expect(summary.failure == nil && summary.counters.frames == session.frames.count)
    #expect(summary.counters.chunks == session.sounds.count && summary.parts.count == 1)
    #expect(summary.parts[0].codec == codec && summary.parts[0].frames == session.frames.count)
    #expect(summary.parts[0].samples == session.sounds.reduce(0) { $0 + $1.sound.samples.count })
    #expect(taken.recording.video?.codec == codec && taken.recording.video?.width == 128)
    #expect(taken.recording.sound?.codec == "flac")
    let events = try String(contentsOfFile: scratch.file("a/emotions.jsonl"), encoding: .utf8)
    #expect(events.hasPrefix("{\"seq\":0}\n{\"seq\":10}\n") && events.hasSuffix("}\n"))
  }

  /// A frame with two faces is decoded once and has two rows, the one in front first.
  @Test func severalFacesAFrame() throws {
    let scratch = try Scratch()
    let session = try TestSession(people: 2)
    try session.write(to: scratch.file("a"))
    let taken = try TakenSession(scratch.file("a"), session.facts)
    try compare(session, taken)
    #expect(Set(taken.frames.map(\.faces.count)) == [0, 1, 2])
    #expect(taken.frames.contains { $0.faces.count == 2 && $0.faces[0].crop != $0.faces[1].crop })
    let rows = try String(contentsOfFile: scratch.file("a/faces.tsv"), encoding: .utf8).split(separator: "\n").count - 1
    #expect(rows == session.faces.values.reduce(0) { $0 + max($1.count, 1) })
  }

  /// The planes that live decodes, not only the crops of them.
  @Test(arguments: [CapturedFrame.Format.jpeg, .yuyv, .nv12])
  func keepsEveryByteOfEveryFrame(_ format: CapturedFrame.Format) throws {
    let scratch = try Scratch()
    let session = try TestSession(seconds: 0.5, format: format, width: 64, height: 48)
    try session.write(to: scratch.file("a"))
    let pictures = MoviePictures(MovieReader(SessionFolder.movies(in: scratch.file("a"))), path: "a")
    var table = try SessionTable<SessionFrameRow>(folder: scratch.file("a"))
    for frame in session.frames {
      let (row, stored) = (try #require(try table.next()), try #require(try pictures.next()))
      let found = try #require(try pictures.captured(stored, row: row))
      #expect(found.bytes == frame.bytes && found.format == format && found.width == 64 && found.height == 48)
      #expect(found.time == frame.time && found.sequence == frame.sequence && found.index == frame.index)
    }
    #expect(try pictures.next() == nil && table.next() == nil)
  }

  @Test func oneDeviceIsEnough() throws {
    let scratch = try Scratch()
    let picture = try TestSession(seconds: 1, sound: false)
    let sound = try TestSession(seconds: 1, format: nil)
    try picture.write(to: scratch.file("picture"))
    try sound.write(to: scratch.file("sound"))
    let seen = try TakenSession(scratch.file("picture"), picture.facts)
    let heard = try TakenSession(scratch.file("sound"), sound.facts)
    try compare(picture, seen)
    try compare(sound, heard)
    #expect(seen.recording.sound == nil && heard.recording.video == nil)
  }

  @Test func aCameraThatComesBackAnotherGetsAMovieOfItsOwn() throws {
    let scratch = try Scratch()
    var session = try TestSession(seconds: 3)
    let shapes: [(CapturedFrame.Format, Int, Int)] = [(.jpeg, 128, 96), (.yuyv, 160, 120), (.jpeg, 160, 120)]
    for i in session.frames.indices {
      let (format, width, height) = shapes[i * 3 / session.frames.count]
      let bytes = try TestSession.bytes(i % 8, format, width, height)
      (session.frames[i].format, session.frames[i].bytes) = (format, bytes)
      (session.frames[i].width, session.frames[i].height) = (width, height)
    }
    let summary = try session.write(to: scratch.file("a"))
    #expect(summary.parts.map(\.file) == ["session.mkv", "session-2.mkv", "session-3.mkv"])
    #expect(summary.parts.map(\.codec) == ["mjpeg", "ffv1", "mjpeg"])
    #expect(summary.parts.map(\.width) == [128, 160, 160])
    #expect(summary.parts[1].firstFrame == summary.parts[0].frames)
    #expect(summary.parts[2].firstSample == summary.parts[0].samples + summary.parts[1].samples)
    try compare(session, try TakenSession(scratch.file("a"), session.facts))
  }

  @Test func aCameraThatComesLateIsNotWaitedFor() throws {
    let scratch = try Scratch()
    var session = try TestSession(seconds: 3)
    session.frames.removeAll { $0.time < TestSession.zero + 1_500_000_000 }
    let summary = try session.write(to: scratch.file("a"))
    #expect(summary.parts.map(\.codec) == [nil, "mjpeg"] && summary.parts[0].samples >= SessionMovies.patience)
    session.faces = session.faces.filter { index, _ in session.frames.contains { $0.index == index } }
    try compare(session, try TakenSession(scratch.file("a"), session.facts))
  }

  /// Writes a session's movies, of which each holds a dozen pictures.
  private func dozens(_ session: TestSession, in scratch: Scratch) throws -> SessionMovies {
    let movies = SessionMovies(folder: scratch.path, zero: TestSession.zero, picture: true, sound: true, limit: 12)
    for frame in session.frames { #expect(try movies.add(frame)) }
    for (sound, _) in session.sounds { try movies.add(sound.samples, time: sound.time) }
    try movies.finish()
    return movies
  }

  private func count(of reader: MovieReader) throws -> Int {
    let pictures = MoviePictures(reader, path: "a")
    var count = 0
    while try pictures.next() != nil { count += 1 }
    return count
  }

  @Test func aMovieThatIsFullIsFollowedByAnother() throws {
    let scratch = try Scratch()
    let session = try TestSession(seconds: 1)
    let movies = try dozens(session, in: scratch)
    #expect(movies.parts.count == 3 && movies.parts.map(\.firstFrame) == [0, 12, 24])
    #expect(try count(of: MovieReader(SessionFolder.movies(in: scratch.path))) == session.frames.count)
  }

  /// Rows count pictures: behind a movie that is cut short nobody knows which picture a row means, so nothing is answered
  /// from another one's.
  @Test func behindAMovieThatIsCutShortNothingIsTaken() throws {
    let scratch = try Scratch()
    _ = try dozens(try TestSession(seconds: 1), in: scratch)
    let first = URL(fileURLWithPath: scratch.file("session.mkv"))
    let whole = try Data(contentsOf: first)
    try whole.prefix(whole.count / 2).write(to: first)
    let reader = MovieReader(SessionFolder.movies(in: scratch.path))
    let found = try count(of: reader)
    #expect((1..<12).contains(found), "\(found) pictures")
    #expect(reader.damage.contains { $0.contains("left out") }, "\(reader.damage)")
    #expect(try reader.next(.sound)?.movie ?? 0 == 0)
  }

  /// A broken frame has no place in the movie; the numbers of the others stay.
  @Test func framesWithMissingBytesAreLeftOut() throws {
    let scratch = try Scratch()
    var session = try TestSession(seconds: 1, format: .nv12)
    session.frames[7].bytes.removeLast(10)
    session.faces[7] = nil
    let summary = try session.write(to: scratch.file("a"))
    #expect(summary.counters.framesBroken == 1 && summary.counters.frames == session.frames.count - 1)
    try compare(session, try TakenSession(scratch.file("a"), session.facts))
  }

  @Test func ordinaryReadersOpenTheMovie() throws {
    let scratch = try Scratch()
    for format in [CapturedFrame.Format.jpeg, .yuyv, .nv12] {
      let session = try TestSession(format: format)
      try session.write(to: scratch.file("\(format)"))
      let taken = try Taken(.file(scratch.file("\(format)/session.mkv")))
      #expect(taken.frames.count == session.frames.count && taken.damage == [])
      #expect(taken.video?.width == 128 && taken.video?.height == 96)
      let samples = session.sounds.reduce(0) { $0 + $1.sound.samples.count }
      #expect(taken.samples.count == samples && taken.sound?.sampleRate == 16_000)
      // Milliseconds from the session's zero; the reader's own zero is the first of them.
      let times = session.frames.map { max($0.time - TestSession.zero, 0) / 1_000_000 }
      #expect(taken.milliseconds == times)
      // A hole moves the sound behind it, to a block of 32 ms.
      let end = try #require(session.sounds.last?.sound)
      let due = Double(end.time - TestSession.zero) / 1e9 + Double(end.samples.count) / 16_000
      #expect(abs((taken.chunks.last?.end.seconds ?? 0) - due) < 0.04)
    }
  }

  @Test func nothingIsOverwritten() throws {
    let scratch = try Scratch()
    let path = scratch.file("sessions/one")
    try SessionFolder.make(path)
    try SessionFolder.make(path + "-2")
    let error = #expect(throws: MediaError.self) { try SessionFolder.make(path + "/") }
    #expect(error?.kind == .exists && error?.description.hasSuffix("such as \(path)-3") == true, "\(error!)")
    // Somebody else's file in the folder is not touched either.
    try Data("mine".utf8).write(to: URL(fileURLWithPath: path + "/frames.tsv"))
    #expect(throws: MediaError.self) {
      try SessionRecorder(folder: path, zero: 0, picture: true, sound: true) { _ in }
    }
    #expect(try String(contentsOfFile: path + "/frames.tsv", encoding: .utf8) == "mine")
  }

  @Test func refindLooksAtAllFramesAnew() throws {
    let scratch = try Scratch()
    var session = try TestSession(seconds: 1)
    let drawn = DrawnFace(width: 148, x: 160, y: 120).draw(320, 240)
    for i in session.frames.indices {
      (session.frames[i].width, session.frames[i].height) = (320, 240)
      session.frames[i].bytes = try TestJPEG.encode { x, y in drawn[y * 320 + x] }
      session.faces[i] = []
    }
    session.frames[3].bytes.removeLast(2000)
    try session.write(to: scratch.file("a"))
    let taken = try TakenSession(scratch.file("a"), session.facts, refind: true)
    #expect(taken.frames.count == session.frames.count - 1 && taken.frames.allSatisfy { $0.face?.id == 0 })
    #expect(taken.frames[3].droppedBefore == 1 && taken.frames.first?.crop != nil)
    #expect(taken.frames.map(\.time.nanoseconds).contains(session.frames[4].time - TestSession.zero))
    #expect(taken.chunks.count == session.sounds.count)
  }
}
