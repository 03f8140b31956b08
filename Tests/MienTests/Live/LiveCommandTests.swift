import Foundation
import Media
import Sessions
import Signal
import TestSupport
import Testing

extension MienTests {
  /// `mien live` as a user runs it: a file plays camera and microphone, and the whole picture counts as the face.
  @Suite struct LiveCommandTests {
    private let folder: Folder
    private let clip: String
    private let options: [String]

    init() throws {
      folder = try Folder()
      clip = try Fixtures.camera(folder / "camera.avi", seconds: 6)
      options = [
        "live", "--model", try Fixtures.model(in: folder), "--video", clip, "--audio", clip, "--face", "none", "--hop",
        "0.16",
      ]
    }

    /// The lines without what differs between runs, by window.
    private func windows(_ text: String) throws -> [Int: JSONValue] {
      let schema = try Fixtures.schema()
      var found: [Int: JSONValue] = [:]
      for line in text.split(separator: "\n") {
        let value = try JSONValue(parsing: String(line))
        #expect(schema.problems(value) == [], "\(line)")
        guard value["type"]?.string == "emotion.result", let sequence = value["seq"]?.int else { continue }
        found[sequence] = value.without(["latency"])
      }
      return found
    }

    private func replayed(_ session: String) throws -> [Int: JSONValue] {
      let run = try Command.run("replay", session, environment: ["MIEN_MODEL": folder / "model"])
      #expect(run.status == 0, "\(run.err)")
      return try windows(run.out)
    }

    private func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

    /// Stopping the process makes frames and sounds late; the replay refuses the same ones.
    @Test func aSessionThatWasHeldUpReplaysEqual() throws {
      let child = try Command.spawn(
        options + ["--record", folder / "s"], out: folder / "out", err: folder / "err",
        environment: ["MIEN_LISTEN_TOKEN": ""])
      Command.wait { text(folder / "out").contains("emotion.result") }
      for pause in [450_000, 700_000] as [useconds_t] {
        kill(child, SIGSTOP)
        usleep(pause)
        kill(child, SIGCONT)
        usleep(500_000)
      }
      #expect(try Command.reap(child).status == 0, "\(text(folder / "err"))")
      let out = text(folder / "out")
      let (live, replay) = (try windows(out), try replayed(folder / "s"))
      #expect(live.values.contains { $0["emotions"]?.isNull == false })
      let other = live.keys.sorted().filter { live[$0] != replay[$0] }
      #expect(other == [], "of \(live.count) windows")
      #expect(out == text(folder / "s/emotions.jsonl"))
      let closed = try JSONValue(parsing: String(try #require(out.split(separator: "\n").last)))
      func count(_ key: String) -> Int { closed[key]?.int ?? -1 }
      #expect(closed["reason"]?.string == "end_of_input" && count("windows") == live.count)
      #expect(count("frames_in") == count("frames_used") + count("frames_unused") + count("frames_dropped_inside"))
      // Every window has its line, or its place in a behind line.
      #expect(count("windows") + count("skipped") == (live.keys.max() ?? 0) + 1)
    }

    @Test func aKilledSessionReplaysUpToTheLastSecond() throws {
      for pause in [200_000, 730_000] as [useconds_t] {
        let session = folder / "killed-\(pause)"
        let child = try Command.spawn(options + ["--record", session], out: folder / "out", err: folder / "err")
        Command.wait { text(folder / "out").contains("emotion.result") }
        usleep(pause)
        kill(child, SIGKILL)
        #expect(try Command.reap(child).status == 128 + SIGKILL)
        let (live, replay) = (try windows(text(folder / "out")), try replayed(session))
        let last = try #require(live.keys.max())
        #expect(last - (replay.keys.max() ?? -1) <= 7, "a second is six windows")
        let other = live.keys.filter { $0 <= replay.keys.max() ?? -1 && live[$0] != replay[$0] }
        #expect(other == [])
        try FileManager.default.removeItem(atPath: folder / "out")
      }
    }

    /// The picture turns white for one frame and a click sounds in the same instant, three times.
    @Test func flashAndClickMeet() throws {
      let run = try Command.run(options + ["--record", folder / "s", "--duration", "4"])
      #expect(run.status == 0, "\(run.err)")
      let header = try JSONValue(parsing: try #require(run.lines.first))
      let zero = Int64(try #require(header["clock"]?["mono_ns"]?.int))
      var wanted = Recording.Options()
      wanted.faces = .none
      wanted.schedule = WindowSchedule(hop: Instant(nanoseconds: 10_000_000))
      let session = try SessionRecording(
        folder / "s", facts: .init(zero: zero, picture: true, sound: true, isClosed: true), options: wanted)
      var (flashes, clicks): ([Double], [Double]) = ([], [])
      while let frame = try session.nextFrame() {
        let bytes = frame.crop?.pixels ?? []
        if !bytes.isEmpty, bytes.reduce(0, { $0 + Int($1) }) > 240 * bytes.count { flashes.append(frame.time.seconds) }
      }
      while let chunk = try session.nextChunk() {
        for (i, sample) in chunk.samples.enumerated() where abs(sample) > 0.9 {
          let time = chunk.start.seconds + Double(i) / 16_000
          if clicks.last.map({ time - $0 > 0.1 }) ?? true { clicks.append(time) }
        }
      }
      #expect(flashes.count >= 2 && clicks.count >= flashes.count)
      for flash in flashes {
        let nearest = clicks.map { abs($0 - flash) }.min() ?? 9
        #expect(nearest < 0.04, "a flash at \(flash) s, clicks at \(clicks)")
      }
    }

    @Test func aClosedTerminalEndsItAsSIGTERMDoes() throws {
      let child = try Command.spawn(options + ["--record", folder / "s"], out: folder / "out", err: folder / "err")
      Command.wait { !text(folder / "out").isEmpty }
      // The kernel and the shell both tell.
      kill(child, SIGHUP)
      kill(child, SIGHUP)
      #expect(try Command.reap(child).status == 0, "\(text(folder / "err"))")
      #expect(text(folder / "out").contains("\"reason\":\"sigterm\""))
      #expect(text(folder / "s/manifest.json").replacing(" ", with: "").contains("\"closed_cleanly\":true"))
    }

    @Test func mistakesEndBeforeAnythingIsMade() throws {
      let missing = try Command.run(
        [
          "live", "--model", folder / "model", "--video", "/dev/video77", "--audio", "none", "--no-wait", "--record",
          folder / "s", "--listen", "unix:\(folder / "socket")", "--quiet",
        ])
      #expect(missing.status == 69 && missing.errorLines.count == 1, "\(missing.err)")
      #expect(!FileManager.default.fileExists(atPath: folder / "s"), "its name is free again")
      #expect(!FileManager.default.fileExists(atPath: folder / "socket"), "nobody listens any more")
      let unrecorded = try Command.run(
        ["record", folder / "r", "--video", "/dev/video77", "--audio", "none", "--no-wait"])
      #expect(unrecorded.status == 69 && !FileManager.default.fileExists(atPath: folder / "r"), "\(unrecorded.err)")
      let here = try Command.run(["live", "--model", folder / "model", "--video", folder.path, "--audio", "none"])
      #expect(here.status == 66 && here.err.contains("it is a folder"), "\(here.err)")
      for (option, other) in [("--video", "--audio"), ("--audio", "--video")] {
        let gone = try Command.run(["live", "--model", folder / "model", option, "gone.MKV", other, "none"])
        #expect(gone.status == 66 && gone.err.contains("gone.MKV: cannot be read: No such file"), "\(gone.err)")
      }
      for long in ["1e300", "inf", "0"] {
        #expect(try Command.run(options + ["--duration", long]).status == 64, "\(long)")
      }
    }
  }
}

extension Fixtures {
  /// An avi file that plays a camera and a microphone: YUYV pictures of 64×48, 25 a second, moving, and 16 kHz sound. At
  /// 1.6, 2.4 and 3.2 s a picture is white and a click sounds.
  static func camera(_ path: String, seconds: Int) throws -> String {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      Array(name.utf8) + bytes(UInt32(content.count)) + content
    }
    func list(_ name: String, _ content: [UInt8]) -> [UInt8] { chunk("LIST", Array(name.utf8) + content) }
    func numbers(_ values: Int...) -> [UInt8] { values.flatMap { bytes(UInt32($0)) } }
    let (width, height, rate, count) = (64, 48, 25, seconds * 25)
    let size = width * height * 2
    func stream(_ kind: String, _ codec: String, scale: Int, rate: Int, length: Int, sample: Int, _ format: [UInt8])
      -> [UInt8]
    {
      let names = Array((kind + codec).utf8) + [UInt8](repeating: 0, count: 4 - codec.utf8.count)
      let header = names + numbers(0, 0, 0, scale, rate, 0, length, size, 0, sample, 0, 0)
      return list("strl", chunk("strh", header) + chunk("strf", format))
    }
    let picture =
      numbers(40, width, height) + bytes(UInt16(1)) + bytes(UInt16(16)) + Array("YUY2".utf8) + numbers(size, 0, 0, 0, 0)
    let sound = Array(wav([]).dropFirst(20).prefix(16))
    let headers =
      chunk("avih", numbers(1_000_000 / rate, 0, 0, 0x100, count, 0, 2, size, width, height, 0, 0, 0, 0))
      + stream("vids", "YUY2", scale: 1, rate: rate, length: count, sample: 0, picture)
      + stream("auds", "", scale: 1, rate: 16_000, length: seconds * 16_000, sample: 2, sound)
    var movie: [UInt8] = []
    for i in 0..<count {
      let isFlash = [40, 60, 80].contains(i)
      let pixels = (0..<size).map { k -> UInt8 in
        if isFlash { return k % 2 == 0 ? 255 : 128 }
        return UInt8(truncatingIfNeeded: k % 2 == 0 ? 40 + (k / 8 + 7 * i) % 120 : 100 + (k / 64 + i) % 56)
      }
      let samples = (0..<640).map { j -> Int16 in
        if isFlash, j < 32 { return j % 2 == 0 ? 32_000 : -32_000 }
        let t = Double(640 * i + j) / 16_000
        return Int16(6000 * sin(2 * .pi * 220 * t) * sin(3 * t))
      }
      movie += chunk("00dc", pixels) + chunk("01wb", samples.flatMap { bytes($0) })
    }
    let content = Array("AVI ".utf8) + list("hdrl", headers) + list("movi", movie)
    try Data(chunk("RIFF", content)).write(to: URL(fileURLWithPath: path))
    return path
  }
}
