import Foundation
import Media
import Signal
import SyntheticActors
import TestSupport
import Testing

extension MienTests {
  /// The program of examples/embed beside the command: the same numbers.
  @Suite(.enabled(if: FileManager.default.fileExists(atPath: Fixtures.defaultModel + "/config.json")))
  struct EmbedTests {
    private let folder: Folder
    private let environment: [String: String]
    /// Beside the test bundle, as the command.
    private let embed = String(Command.path.dropLast("mien".count)) + "embed-example"

    init() throws {
      folder = try Folder()
      environment = ["MIEN_MODEL": Fixtures.defaultModel, "HOME": folder.path]
    }

    /// An answer: where its window ends, what leads, and how likely it is.
    private struct Answer: Hashable {
      var end: Double
      var top: String?
      var confidence: Float?
    }

    /// The answers of the command.
    private func replayed(_ arguments: String...) throws -> [Answer] {
      let run = try Command.run(["replay"] + arguments, environment: environment)
      #expect(run.status == 0, "\(run.err)")
      return try run.lines.map { try JSONValue(parsing: $0) }.filter { $0["type"]?.string == "emotion.result" }.map {
        Answer(
          end: try #require($0["end"]?.double), top: $0["top"]?.string,
          confidence: $0["confidence"]?.double.map(Float.init))
      }
    }

    /// The answers of the example.
    private func embedded(_ arguments: String..., tool: String? = nil) throws -> [Answer] {
      let run = try Command.run(arguments, environment: environment, tool: tool ?? embed)
      #expect(run.status == 0, "\(run.err)")
      return try run.lines.map { line in
        let fields = line.split(separator: " ").map(String.init)
        try #require(fields.count == 3)
        return Answer(
          end: try #require(Double(fields[0])), top: fields[1] == "-" ? nil : fields[1], confidence: Float(fields[2]))
      }
    }

    @Test func aFileAndASession() throws {
      for path in [Fixtures.demo, Fixtures.root.appending(path: "recordings/actor-1").path] {
        let answers = try embedded("file", path)
        #expect(answers.count > 10 && answers.contains { $0.top != nil })
        #expect(try answers == replayed(path))
      }
    }

    /// A program that lies in no package finds the calibration beside the model.
    @Test func calibratedWhereverTheProgramLies() throws {
      let copy = folder / "embed-alone"
      try FileManager.default.copyItem(atPath: embed, toPath: copy)
      #expect(try embedded("file", Fixtures.demo, tool: copy) == replayed(Fixtures.demo))
    }

    @Test func framesAndSamplesInMemory() throws {
      let side = 320
      var scene = FaceScene()
      (scene.centreX, scene.centreY, scene.scale, scene.noise) = (0.5, 0.4, 0.25, 0)
      var noise = SystemRandomNumberGenerator()
      try FileManager.default.createDirectory(atPath: folder / "pictures", withIntermediateDirectories: true)
      var frames: [UInt8] = []
      for i in 0..<70 {
        var pose = FacePose()
        pose.jawDrop = Double(i % 10) / 10
        let picture = try drawFace(FaceLook(), pose, in: scene, width: side, height: side, noise: &noise)
        frames += picture.rgb
        try PNGFile.write(FaceCrop(side: side, pixels: picture.rgb), to: folder / "pictures/\(100 + i).png")
      }
      let sound = Fixtures.sound(seconds: 2.8)
      let samples = stride(from: 44, to: sound.count, by: 2).map { i in
        Float(Int16(littleEndian: Int16(sound[i]) | Int16(bitPattern: UInt16(sound[i + 1]) << 8))) / 32_768
      }
      let (wav, rgb) = (try folder.write("sound.wav", sound), try folder.write("frames.rgb", frames))
      let floats = try folder.write("samples.f32", samples.flatMap { Fixtures.bytes($0.bitPattern) })
      let answers = try embedded("memory", "\(side)", "\(side)", rgb, floats)
      #expect(answers.count == 1 && answers[0].top != nil)
      #expect(try answers == replayed(folder / "pictures", "--audio", wav, "--face", "largest"))
    }

    /// Windows of a live session come at every hop until the time is up.
    @Test func live() throws {
      let clip = try Fixtures.camera(folder / "camera.avi", seconds: 6)
      let answers = try embedded("live", "4", clip, clip)
      #expect(answers.count >= 3)
      for answer in answers {
        let hops = (answer.end - 2.56) / 0.32
        #expect(abs(hops - hops.rounded()) < 1e-6, "\(answer.end)")
      }
    }

    @Test func mistakesAreErrors() throws {
      let gone = try Command.run(["file", folder / "gone.mp4"], environment: environment, tool: embed)
      #expect(gone.status == 1 && gone.err.contains("gone.mp4"), "\(gone.err)")
      let lonely = try Command.run(
        ["live", "1", folder / "gone.avi", "none"], environment: environment, tool: embed)
      #expect(lonely.status == 1 && lonely.err.contains("cannot be read"), "\(lonely.err)")
    }
  }
}
