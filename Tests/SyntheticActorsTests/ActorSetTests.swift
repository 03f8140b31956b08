import Files
import Foundation
import Media
import Signal
import SyntheticActors
import Testing

@Suite struct ActorSetTests {
  private let folder = NSTemporaryDirectory() + "mien-actors-\(UUID().uuidString)"

  private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }
  private func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  private func kind(_ work: () throws -> Void) -> FailureKind? {
    do { try work() } catch { return (error as? ActorsError)?.kind }
    return nil
  }

  @Test func framesAreWholeOrNotThere() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let set = try ActorSet(folder: folder, seed: 5, form: .frames, clips: 1)
    // Stopped after three pictures: the folder has no name yet.
    var asked = 0
    let isThere = try set.make(0) {
      asked += 1
      return asked > 4
    }
    let faces = try names(folder + "/faces")
    #expect(!isThere && !faces.contains("000000"))
    #expect(try set.make(0) { false })
    let pictures = try names(folder + "/faces/000000")
    #expect(pictures.count >= 64 && pictures.first == "000000.jpg" && pictures.allSatisfy { $0.hasSuffix(".jpg") })
    #expect(try names(folder + "/faces") == ["000000"] && names(folder + "/sound") == ["000000.flac"])
    #expect(try AudioFile.read16k(folder + "/sound/000000.flac").count == pictures.count * 640)
    try set.finish()
    #expect(
      try String(contentsOfFile: folder + "/train.csv", encoding: .utf8).hasPrefix("faces/000000 sound/000000.flac "))
    #expect(try !names(folder).contains { $0.hasSuffix(".partial") })

    // The whole set is not made again; more of it is; another one is refused.
    #expect(kind { _ = try ActorSet(folder: folder, seed: 5, form: .frames, clips: 1) } == .exists)
    #expect(kind { _ = try ActorSet(folder: folder, seed: 6, form: .frames, clips: 9) } == .exists)
    #expect(kind { _ = try ActorSet(folder: folder, seed: 5, form: .video, clips: 9) } == .exists)
    let more = try ActorSet(folder: folder, seed: 5, form: .frames, clips: 2)
    let before = try bytes(folder + "/faces/000000/000000.jpg")
    #expect(try more.make(0) { true })
    #expect(try bytes(folder + "/faces/000000/000000.jpg") == before)
  }

  @Test func aSetOfAnotherVersionIsRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try ActorSet(folder: folder, seed: 5, form: .frames, clips: 1)
    let mark = try String(contentsOfFile: folder + "/actors.txt", encoding: .utf8)
    let lines = mark.split(separator: "\n").dropFirst().map { $0 + "\n" }
    try ("mien data actors 1\n" + lines.joined()).write(
      toFile: folder + "/actors.txt", atomically: true, encoding: .utf8)
    let error = #expect(throws: ActorsError.self) { try ActorSet(folder: folder, seed: 5, form: .frames, clips: 1) }
    #expect(error.map { $0.kind == .exists && $0.description.contains("another version") } == true, "\(error as Any)")
  }

  /// A set's frames are what decoder, detector and crop make of the movie.
  @Test func framesAreTheMoviesFaces() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for form in ClipForm.allCases {
      if form == .frames { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
      #expect(try ActorSet(folder: "\(folder)/\(form)", seed: 9, form: form, clips: 1).make(0) { false })
    }
    func faces(_ path: String) throws -> [FaceCrop] {
      try #require(try ClipFaces.read("\(folder)/\(path)") { count in [0, 20, 40, count - 1] })
    }
    func apart(_ a: FaceCrop, _ b: FaceCrop) -> Double {
      zip(a.pixels, b.pixels).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(a.pixels.count)
    }
    // What is left is the JPEG of the crop itself. Faces followed in the bare pixels are two to four levels away.
    for (drawn, filmed) in zip(try faces("frames/faces/000000"), try faces("video/clips/000000.mkv")) {
      #expect(apart(drawn, filmed) < 1.5, "\(apart(drawn, filmed)) grey levels apart")
    }
  }

  @Test func aFolderOfSomebodyElseIsLeftAlone() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    #expect(kind { _ = try ActorSet(folder: folder, seed: 1, form: .frames, clips: 3) } == .exists)
    #expect(try names(folder).isEmpty)
    #expect(kind { _ = try ActorSet(folder: folder + "/no/such", seed: 1, form: .frames, clips: 3) } == .cannotWrite)
  }

  @Test func theSameSeedGivesTheSameMovie() throws {
    let other = folder + "-2"
    defer { for path in [folder, other] { try? FileManager.default.removeItem(atPath: path) } }
    for path in [folder, other] {
      #expect(try ActorSet(folder: path, seed: 7, form: .video, clips: 3).make(2) { false })
    }
    let movie = try bytes(folder + "/clips/000002.mkv")
    let again = try bytes(other + "/clips/000002.mkv")
    #expect(movie.count > 50_000 && movie == again)
    #expect(try names(folder + "/clips") == ["000002.mkv"])
    #expect(try AudioFile.read16k(folder + "/clips/000002.mkv").count >= 64 * 640)
  }
}
