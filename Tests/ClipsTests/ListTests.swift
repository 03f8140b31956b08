import Clips
import Files
import Foundation
import Lists
import Media
import Signal
import Testing

@Suite struct ListTests {
  private let toy: Toy

  init() throws { toy = try Toy() }

  private func findings(_ list: AnnotationList, _ target: Recipe.Target = .classes(2)) -> [[ClipInspection.Problem]] {
    list.entries.map {
      ClipInspection(of: $0, in: list, target: target, options: Recording.Options(), looksForFaces: true).findings
        .map(\.problem)
    }
  }

  @Test func everyKindOfProblemIsFound() throws {
    try toy.clip(0)
    try toy.sound(1, level: 0)
    try toy.sound(2, seconds: 0.05)
    try toy.clip(3, frames: 1, seconds: 3)
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: toy / "text.mp4"))
    let list = try toy.list(
      """
      face0 sound0.flac 0
      gone sound0.flac 0
      - gone.flac 1
      text.mp4 sound0.flac 1
      face0 sound1.flac 1
      face0 sound2.flac 1
      face0 sound0.flac 2
      face0 sound0.flac 0 1
      text.mp4 sound1.flac x
      face3 sound3.flac 0
      """)
    #expect(
      findings(list) == [
        [], [.missing], [.missing], [.unreadable], [.silent], [.short], [.label], [.label],
        [.label, .silent, .unreadable], [],
      ])
    // Training leaves out what this finds, and nothing else; extraction what cannot be read.
    var recipe = Recipe(sampling: .finetuning)
    recipe.target = .classes(2)
    let maker = ClipMaker(list: list, recipe: recipe, seed: 1)
    let extraction = try ClipExtraction(folder: toy / "out", options: Recording.Options(), landmarks: nil)
    for (position, found) in findings(list).enumerated() {
      let made = Result { try maker.input(position: position, epoch: 0) }
      #expect((try? made.get()) == nil ? !found.isEmpty : found.isEmpty, "\(position): \(made)")
      let isUsable = Set(found).isSubset(of: [.label, .silent, .short])
      let outcome = extraction.extract(list.entries[position], of: list, isStopped: { false })
      if case .made = outcome {
        #expect(isUsable, "\(position)")
      } else {
        #expect(!isUsable, "\(position): \(outcome)")
      }
    }
  }

  @Test func labelsSayWhatTheyAre() throws {
    func target(_ text: String) throws -> Recipe.Target { Recipe.Target(inferredFrom: try toy.list(text)) }
    #expect(try target("a b 0\na b 4\na b x\n") == .classes(5))
    #expect(try target("a b 0.5\na b -1\n") == .values(1))
    #expect(try target("a b\na b 1\na b\n") == .classes(2))
    #expect(try target("a b\na b\n") == .none)
    #expect(try target("a b 0.5 1\na b 1 2\na b 3\n") == .values(2))
    #expect(try target("a b 99999999999\na b 0\na b 1\n") == .classes(2))
  }

  /// A frame for a frame: what the folder holds is what reading the recording gives.
  @Test func extractedFacesAreThoseOfTheRecording() throws {
    let list = try toy.list("\(Toy.demo) \(Toy.demo) 1\n")
    let options = Recording.Options()
    func extract() throws -> (video: String, audio: String, isNew: Bool) {
      let extraction = try ClipExtraction(folder: toy / "out", options: options, landmarks: nil)
      guard
        case .made(let video?, let audio?, let isNew) = extraction.extract(
          list.entries[0], of: list, isStopped: { false })
      else { throw POSIXError(.EIO) }
      return (video, audio, isNew)
    }
    let made = try extract()
    #expect(made.isNew)
    var count = 0
    func some(_ frames: Int) -> [Int] {
      count = frames
      return [0, frames / 2, frames - 1]
    }
    let direct = try ClipFaces.read(Toy.demo, options: options, choose: some)
    let frames = count
    let folder = try ClipFaces.read(toy / "out/" + made.video, options: options, choose: some)
    #expect(direct == folder && count == frames && frames > 50)
    // 16 bits of a resampled sound.
    let (a, b) = (try AudioFile.read16k(Toy.demo), try AudioFile.read16k(toy / "out/" + made.audio))
    #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= 0.51 / 32768 })
    // Two at once would remove each other's drafts.
    do {
      let one = try ClipExtraction(folder: toy / "out", options: options, landmarks: nil)
      let two = #expect(throws: MediaError.self) {
        try ClipExtraction(folder: toy / "out", options: options, landmarks: nil)
      }
      #expect(two?.kind == .exists && two?.path == toy / "out")
      withExtendedLifetime(one) {}
    }
    // Again: nothing to do. Another framing: another folder.
    #expect(try extract().isNew == false)
    var other = options
    other.framing.boxSide = 1.3
    let wide = try ClipExtraction(folder: toy / "out", options: other, landmarks: nil)
    guard case .made(let video?, _, true) = wide.extract(list.entries[0], of: list, isStopped: { false }) else {
      Issue.record("not made")
      return
    }
    #expect(video != made.video)
  }

  @Test func jpegFacesAreNearlyTheSame() throws {
    var pixels: [UInt8] = []
    for y in 0..<160 {
      for x in 0..<160 {
        let wave = 100 * sin(Double(x) / 20) * cos(Double(y) / 15)
        pixels += [UInt8(x), UInt8(y), UInt8(128 + wave)]
      }
    }
    let face = FaceCrop(side: 160, pixels: pixels)
    try FileManager.default.createDirectory(atPath: toy / "jpg", withIntermediateDirectories: true)
    try JPEGFile.write(face, to: toy / "jpg/0.jpg")
    let back = try #require(try ClipFaces.read(toy / "jpg") { _ in [0] }?.first)
    let differences = zip(face.pixels, back.pixels).map { abs(Int($0) - Int($1)) }
    #expect(differences.reduce(0, +) < 2 * differences.count, "\(differences.reduce(0, +))")
  }

  @Test func aStoppedExtractionLeavesNothingThatLooksWhole() throws {
    let list = try toy.list("\(Toy.demo) - 1\n")
    let extraction = try ClipExtraction(folder: toy / "out", options: Recording.Options(), landmarks: nil)
    var asked = 0
    let outcome = extraction.extract(list.entries[0], of: list) {
      asked += 1
      return asked > 5
    }
    guard case .stopped = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: toy / "out/faces").isEmpty)
  }

  /// 16-bit sound comes back bit for bit.
  @Test func writtenSoundComesBack() throws {
    let samples = (0..<5000).map { Float(($0 * 7919) % 65_536 - 32_768) / 32_768 }
    try AudioFile.write16k(samples, to: toy / "s.flac")
    #expect(try AudioFile.read16k(toy / "s.flac") == samples)
    #expect(throws: MediaError.self) { try AudioFile.write16k(samples, to: toy / "no/such/folder.flac") }
  }
}
