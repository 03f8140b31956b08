import Foundation
import Media
import Recognition
import Signal
import SyntheticActors
import Testing

@testable import MienKit

/// Frames and samples in memory give the answers that the same frames and samples give as files.
@Suite struct FrameStreamTests {
  private static let side = 320

  private struct SmallGenerator: RandomNumberGenerator {
    var state: UInt64 = 7

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state
    }
  }

  private let folder: String
  private let frames: [[UInt8]]
  private let samples: [Float]
  private let reader: EmotionReader

  init() throws {
    var template = Array("/tmp/mien-kit-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var scene = FaceScene()
    (scene.centreX, scene.centreY, scene.scale, scene.noise) = (0.5, 0.4, 0.25, 3)
    var generator = SmallGenerator()
    frames = try (0..<80).map { i in
      var pose = FacePose()
      pose.jawDrop = Double(i % 10) / 10
      return try drawFace(FaceLook(), pose, in: scene, width: Self.side, height: Self.side, noise: &generator).rgb
    }
    samples = (0..<51_200).map { i in
      Float((8000 * sin(2 * .pi * 220 * Double(i) / 16_000) * sin(3 * Double(i) / 16_000)).rounded()) / 32_768
    }
    var request = ModelRequest()
    request.untrained = .nano
    reader = try EmotionReader(request)
  }

  /// The same as files: a folder of pictures, 25 a second, and a sound file.
  private func answersOfFiles(_ face: FaceChoice) throws -> [EmotionResult] {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (i, frame) in frames.enumerated() {
      let name = String(repeating: "0", count: 4 - "\(i)".count) + "\(i).png"
      try PNGFile.write(FaceCrop(side: Self.side, pixels: frame), to: folder + "/" + name)
    }
    try AudioFile.write16k(samples, to: folder + "/sound.wav")
    var request = RecordingRequest(folder)
    (request.face, request.audio) = (face, folder + "/sound.wav")
    let answers = reader.answers(in: request)
    var results: [EmotionResult] = []
    while let answer = try answers.next() { results.append(answer) }
    return results
  }

  private func untimed(_ results: [EmotionResult]) -> [EmotionResult] {
    results.map { result in
      var result = result
      result.inferenceMilliseconds = nil
      return result
    }
  }

  @Test(arguments: [FaceChoice.largest, .none]) func theAnswersAreThoseOfFiles(face: FaceChoice) throws {
    let wanted = untimed(try answersOfFiles(face))
    #expect(wanted.count == 3 && wanted.allSatisfy { $0.estimate != nil && $0.faces == 16 })
    var options = FrameStream.Options()
    options.face = face
    let stream = try reader.stream(options)
    var results: [EmotionResult] = []
    for (i, frame) in frames.enumerated() {
      results += try stream.push(samples: Array(samples[640 * i..<640 * (i + 1)]), at: Double(i) / 25)
      results += try stream.push(rgb: frame, width: Self.side, height: Self.side, at: Double(i) / 25)
    }
    // Windows come as soon as they are complete, not at the end.
    #expect(results.count == 2)
    results += try stream.finish()
    #expect(untimed(results) == wanted)
  }

  @Test func whatIsNoPictureIsRefused() throws {
    let stream = try reader.stream()
    let bytes = [UInt8](repeating: 0, count: 3 * 16 * 16)
    #expect(throws: MediaError.self) { try stream.push(rgb: bytes, width: 16, height: 17, at: 0) }
    #expect(throws: MediaError.self) { try stream.push(rgb: [], width: 0, height: 0, at: 0) }
    _ = try stream.push(rgb: bytes, width: 16, height: 16, at: 1)
    #expect(throws: MediaError.self) { try stream.push(rgb: bytes, width: 16, height: 16, at: 1) }
    for time in [-1, .nan, 1e10] {
      #expect(throws: MediaError.self) { try stream.push(samples: [0], at: time) }
      #expect(throws: MediaError.self) { try stream.push(rgb: bytes, width: 16, height: 16, at: time) }
    }
    #expect(throws: MediaError.self) { try stream.push(samples: [Float](repeating: 0, count: 960_001), at: 0) }
  }

  /// Seconds since 1970, say: each hop from 0 would be a window.
  @Test func aTimeFarAheadIsRefused() throws {
    let stream = try reader.stream()
    let grey = [UInt8](repeating: 90, count: 3 * 16 * 16)
    let error = #expect(throws: MediaError.self) { try stream.push(samples: [0], at: 1.7e9) }
    #expect(error?.message == "1700000000.0 s is more than an hour after 0.0 s; a stream begins at 0 s")
    #expect(throws: MediaError.self) { try stream.push(rgb: grey, width: 16, height: 16, at: 3601) }
    // What was refused is forgotten.
    #expect(try stream.push(samples: samples, at: 0).isEmpty)
    #expect(throws: MediaError.self) { try stream.push(samples: [0], at: 3601) }
    #expect(try stream.push(samples: [0], at: 3600).isEmpty)
    #expect(throws: MediaError.self) { try stream.push(rgb: grey, width: 16, height: 16, at: 7201) }
    // 2.56 + 0.32 k ≤ 3600.
    #expect(try stream.finish().count == 11_243)
  }

  @Test func oneTrackAlone() throws {
    var options = FrameStream.Options()
    options.hasVideo = false
    let stream = try reader.stream(options)
    let results = try stream.push(samples: samples, at: 0) + stream.finish()
    // The untrained model needs both.
    #expect(results.count == 3 && results.allSatisfy { $0.estimate == nil && $0.audioUsed && $0.frames == 0 })
  }
}
