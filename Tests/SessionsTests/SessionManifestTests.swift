import Files
import Foundation
import Models
import Networks
import Recognition
import RecognitionFixtures
import Sessions
import Signal
import TestSupport
import Testing

@Suite struct SessionManifests {
  private func manifest() -> SessionManifest {
    var framing = FaceFraming()
    framing.boxSide = 1.1
    var manifest = SessionManifest(
      sessionID: "0f8e", version: "9.9.9", wall: "2026-01-02T03:04:05.678Z", zero: 123_456_789_012_345,
      hop: Instant(nanoseconds: 333_333_333), face: .center, framing: framing, model: .three,
      camera: .init(name: "usb-Cam \"A\"", path: "/dev/video0", format: "mjpeg 640x480"),
      microphone: .init(name: "alsa_input.x", path: nil, format: nil))
    manifest.streams = [
      .init(picture: "session.mkv", codec: "mjpeg", width: 640, height: 480, firstFrame: 0, frames: 90),
      .init(sound: "session.mkv", codec: "flac", sampleRate: 16_000, firstSample: 0, samples: 48_000),
    ]
    manifest.counters = ["frames_lost": 3, "a": 0]
    return manifest
  }

  private func read(_ text: String) throws -> SessionManifest {
    try SessionManifest(bytes: Array(text.utf8), path: "x/manifest.json")
  }

  @Test func whatIsWrittenReadsBack() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mien-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var manifest = manifest()
    try manifest.write(to: folder)
    #expect(try SessionManifest(folder: folder) == manifest)
    try Data("abc".utf8).write(to: URL(fileURLWithPath: folder + "/frames.tsv"))
    (manifest.closedCleanly, manifest.duration, manifest.failure) = (true, 12.5, "the disk is full")
    manifest.end = Instant(nanoseconds: 12_560_000_001)
    try manifest.seal(folder, files: ["frames.tsv"])
    try manifest.write(to: folder)
    #expect(
      manifest.sha256 == ["frames.tsv": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"])
    #expect(try SessionManifest(folder: folder) == manifest)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["frames.tsv", "manifest.json"])
    #expect(throws: FileError.self) { try manifest.seal(folder, files: ["none.tsv"]) }
  }

  @Test func aCalibrationIsPartOfTheSession() throws {
    var manifest = manifest()
    manifest.model?.calibration = ModelCalibration(
      .init(temperature: 1.23, windows: 480, before: .init(ece: 0.11, nll: 0.9), after: .init(ece: 0.02, nll: 0.7)))
    #expect(try read(manifest.json.text) == manifest)
  }

  @Test func actionsArePartOfTheSession() throws {
    for areActions in [true, false] {
      var manifest = manifest()
      manifest.model = ModelSummary(
        id: "m", sha256: nil, labels: ["calm"], attributes: ["jawOpen"], areActions: areActions, task: .classification,
        trained: true)
      let text = manifest.json.text
      #expect(text.contains(areActions ? #""actions":["jawOpen"]"# : #""attributes":["jawOpen"]"#))
      #expect(try read(text) == manifest && manifest.model?.answersActions == areActions)
    }
  }

  @Test func whatWasSavedIsPartOfTheSession() throws {
    var manifest = manifest()
    manifest.model?.economy = SpeedSettings(videoTokens: 0.5, pictureEvery: Instant(seconds: 1))
    let text = manifest.json.text
    #expect(try read(text) == manifest)
    // A session of before there was such a thing.
    let old = text.replacing(#","economy":{"video_tokens":0.5,"picture_every_s":1.0}"#, with: "")
    #expect(old != text)
    #expect(try read(old).model?.economy == SpeedSettings.none)
    for (right, wrong) in [
      (":0.5,", ":-0.1,"), (":0.5,", ":1.5,"), (#"_s":1.0}"#, #"_s":61}"#), (#"_s":1.0}"#, #"_s":-1}"#),
    ] {
      #expect(throws: FileError.self) { try read(text.replacing(right, with: wrong)) }
    }
  }

  @Test func instructionsArePartOfTheSession() throws {
    var manifest = manifest()
    manifest.model?.instructions = "avx512"
    let text = manifest.json.text
    #expect(try read(text) == manifest)
    let old = text.replacing(#""instructions":"avx512","#, with: "")
    #expect(try old != text && read(old).model?.instructions == nil)
  }

  @Test func namesItsKeys() throws {
    let json = try JSONValue(parsing: manifest().json.text)
    #expect(
      json.keys == [
        "schema", "session_id", "software", "closed_cleanly", "failure", "start", "duration_s", "end_s", "hop_s",
        "face",
        "face_framing", "model", "devices", "streams", "counters", "sha256",
      ])
    #expect(json["start"]?["mono_ns"]?.int == 123_456_789_012_345 && json["schema"]?.string == "mien.session/1.0")
    #expect(json["devices"]?["camera"]?["name"]?.string == "usb-Cam \"A\"")
    #expect(json["model"]?["calibration"]?.isNull == true && json["closed_cleanly"] == .bool(false))
  }

  @Test(arguments: [
    (#""schema":"mien.session/1.0""#, #""schema":"mien.session/2.0""#, "'schema' is 'mien.session/2.0'"),
    (#""session_id":"0f8e","#, "", "lacks the key 'session_id'"),
    (#""mono_ns":123456789012345"#, #""mono_ns":"now""#, "'start.mono_ns' is not a whole number"),
    (#""mono_ns":123456789012345"#, #""mono_ns":-5"#, "'start' is not a time"),
    (#""hop_s":0.333333333"#, #""hop_s":0"#, "'hop_s' must be from 0.01 to 3600 seconds"),
    (#""end_s":null"#, #""end_s":1e12"#, "'end_s' is no session's end"),
    (#""face":"center""#, #""face":"loudest""#, "'face' is 'loudest'"),
    (#""size":160"#, #""size":100000"#, "'face_framing' face_framing.size is 100000"),
    (#""task":"classification""#, #""task":"x""#, "'model' has the task 'x'"),
    (#""closed_cleanly":false"#, #""closed_cleanly":null"#, "'closed_cleanly' is n"),
    (#""file":"session.mkv","codec":"flac""#, #""codec":"flac""#, "lacks the key 'streams.1.file'"),
    (#""frames_lost":3"#, #""frames_lost":"three""#, "is not a whole number"),
    ("{", "[", "is not valid JSON"),
  ])
  func whatIsWrongIsNamed(_ old: String, _ new: String, _ problem: String) throws {
    let text = manifest().json.text
    let range = try #require(text.range(of: old))
    let error = #expect(throws: FileError.self) { try read(text.replacingCharacters(in: range, with: new)) }
    let said = error?.description ?? ""
    #expect(said.hasPrefix("x/manifest.json: ") && said.contains(problem), "\(said)")
    #expect(error?.kind == .badData && !said.contains("\n"))
  }

  @Test func minorVersionsOnlyAdd() throws {
    let text = manifest().json.text.replacingOccurrences(
      of: #""schema":"mien.session/1.0""#, with: #""schema":"mien.session/1.7","new":[1]"#)
    #expect(try read(text) == manifest())
  }

  @Test func aFolderWithoutOneIsNamed() {
    let error = #expect(throws: FileError.self) { try SessionManifest(folder: "/nowhere") }
    #expect(error?.kind == .noInput && error?.description.hasPrefix("/nowhere/manifest.json: ") == true)
  }
}
