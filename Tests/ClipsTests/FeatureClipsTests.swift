import Clips
import Foundation
import Lists
import Media
import Networks
import Tensor
import TestSupport
import Testing

@Suite struct FeatureClipsTests {
  private let toy: Toy
  private static let shapes = InputShapes(
    video: .features(steps: 4, width: 3), audio: .features(steps: 6, width: 2))

  init() throws {
    toy = try Toy()
    for clip in 0..<4 {
      try write("v\(clip).npy", steps: clip + 2, width: 3, first: Float(10 * clip))
      try write("a\(clip).npy", steps: clip + 1, width: 2, first: Float(-10 * clip))
    }
  }

  private func write(_ name: String, steps: Int, width: Int, first: Float) throws {
    let values = (0..<steps * width).map { first + Float($0) }
    try Data(NumpyArchive.bytes(values, shape: [steps, width])).write(to: URL(fileURLWithPath: toy / name))
  }

  private func recipe(takesIncomplete: Bool = true) -> Recipe {
    var recipe = Recipe(sampling: .finetuning)
    (recipe.features, recipe.takesIncomplete, recipe.target) = (Self.shapes, takesIncomplete, .classes(2))
    // Without effect on features.
    recipe.mixing = Mixing()
    return recipe
  }

  private func batch(_ list: AnnotationList, threads: Int = 1, takesIncomplete: Bool = true) throws -> Batch {
    var settings = BatchLoader.Settings(batch: list.entries.count, seed: 1)
    (settings.shuffles, settings.threads, settings.brokenShare) = (false, threads, 1)
    let loader = BatchLoader(
      list: list, recipe: recipe(takesIncomplete: takesIncomplete), settings: settings, epochs: 0..<1)
    defer { loader.cancel() }
    return try #require(try loader.next())
  }

  /// What is shorter is padded with zeros, what is longer is cut, and the steps that count are told.
  @Test func featuresArePaddedAndCut() throws {
    let list = try toy.list("v0.npy a0.npy 0\nv3.npy a3.npy 1\n- a2.npy 1\nv1.npy - 0\n")
    for threads in [1, 3] {
      let batch = try batch(list, threads: threads)
      #expect(batch.broken.isEmpty && batch.count == 4 && batch.kept == 1)
      #expect(batch.present == [.audioVideo, .audioVideo, .audio, .video])
      let (video, audio) = (try #require(batch.video), try #require(batch.audio))
      let (videoSteps, audioSteps) = (try #require(batch.videoSteps), try #require(batch.audioSteps))
      #expect([0, 1, 3].map { videoSteps[$0] } == [2, 4, 3] && audioSteps[..<3] == [1, 4, 3])
      #expect((0..<12).map { video[0, $0] } == [0, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0])
      #expect((0..<12).map { video[1, $0] } == (30..<42).map { Float($0) })
      #expect((0..<12).map { audio[0, $0] } == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
      #expect((0..<8).map { audio[1, $0] } == (-30..<(-22)).map { Float($0) })
    }
  }

  @Test func evaluationSeesTheSame() throws {
    let list = try toy.list("v3.npy a0.npy 1\n- a1.npy 0\n")
    let maker = ClipMaker(list: list, recipe: recipe(), seed: 0)
    let views = try maker.views(position: 0)
    #expect(views.count == 1 && views[0].videoSteps == 4 && views[0].audioSteps == 1)
    #expect(views[0].video == (30..<42).map { Float($0) } && views[0].target == [0, 1])
    let heard = try maker.views(position: 1)[0]
    #expect(heard.video.isEmpty && heard.videoSteps == nil && heard.audioSteps == 2)
  }

  @Test func brokenFilesAreNamed() throws {
    try write("wide.npy", steps: 2, width: 5, first: 0)
    try Data("no array".utf8).write(to: URL(fileURLWithPath: toy / "text.npy"))
    try Data(NumpyArchive.bytes([1, .nan, 3], shape: [1, 3])).write(to: URL(fileURLWithPath: toy / "nan.npy"))
    let list = try toy.list(
      "v0.npy a0.npy 0\nwide.npy a0.npy 0\nnone.npy a0.npy 0\ntext.npy a0.npy 1\nnan.npy a0.npy 1\nv0.npy a0.npy 7\n")
    let batch = try batch(list)
    #expect(batch.count == 1 && batch.videoSteps == [2])
    let words = [
      "list.csv:2: \(toy / "wide.npy"): has 5 values a step, but 3 are wanted", "list.csv:3: \(toy / "none.npy")",
      "list.csv:4: \(toy / "text.npy"): is neither", "list.csv:5: \(toy / "nan.npy"): step 0 has",
      "list.csv:6: the label",
    ]
    for (broken, words) in zip(batch.broken, words) { #expect(broken.description.contains(words), "\(broken)") }
    #expect(batch.broken.count == words.count)
    // A clip without a modality, where both are needed.
    let alone = try self.batch(toy.list("v0.npy a0.npy 0\n- a0.npy 0\n"), takesIncomplete: false)
    #expect(alone.count == 1 && alone.broken[0].description.contains("no picture"))
  }

  @Test func inspectionFindsThemToo() throws {
    try write("wide.npy", steps: 2, width: 5, first: 0)
    let list = try toy.list("v0.npy a0.npy 0\nwide.npy a0.npy 0\nv1.npy none.npy 1\n- a1.npy 1\n")
    let features = try ListFeatures(list)
    #expect(features.video?.width == 3 && features.video?.steps == [2, 2, 3] && features.audio?.width == 2)
    #expect(features.longer(than: Self.shapes).isEmpty)
    let short = InputShapes(video: .features(steps: 2, width: 3), audio: nil)
    #expect(features.longer(than: short).map(\.files) == [1])
    let found = list.entries.map {
      ClipInspection(
        of: $0, in: list, target: .classes(2), features: features, options: .init(), looksForFaces: true
      ).findings.map(\.problem)
    }
    #expect(found == [[], [.features], [.missing], []])
  }

  @Test func aColumnHasOneKindOfFiles() throws {
    for text in ["v0.npy s.wav 0\nclip.mp4 s.wav 1\n", "- s.wav 0\nface a.npy 1\nface t.wav 1\n"] {
      let list = try toy.list(text)
      let error = #expect(throws: AnnotationError.self) { try ListFeatures(list) }
      #expect(error?.line == 2 && error?.problem.contains("one kind of files") == true, "\(error as Any)")
    }
    #expect(try ListFeatures.modalities(of: toy.list("v0.NPY s.wav 0\n- s.wav 1\n")) == .video)
    let list = try toy.list("v0.npy a0.npy 0\n")
    try ListFeatures.check(list, has: Self.shapes, model: "m")
    let media = InputShapes(video: .pictures(frames: 16, side: 160), audio: nil)
    let error = #expect(throws: AnnotationError.self) { try ListFeatures.check(list, has: media, model: "m") }
    #expect(error?.problem == "v0.npy is a file of features, but m takes 16 pictures of 160×160", "\(error as Any)")
    let movies = try toy.list("face s.wav 0\n")
    try ListFeatures.check(movies, has: media, model: "m")
    #expect(throws: AnnotationError.self) { try ListFeatures.check(movies, has: Self.shapes, model: "m") }
  }

  @Test func allFilesOfAColumnMissing() throws {
    let features = try ListFeatures(toy.list("x.npy a0.npy 0\ny.npy a1.npy 1\n"))
    #expect(features.named == .audioVideo && features.video == nil)
    #expect(throws: (any Error).self) { try features.width(.video) }
    #expect(try features.width(.audio) == 2)
  }
}
