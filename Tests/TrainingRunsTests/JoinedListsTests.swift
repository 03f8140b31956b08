import Files
import Foundation
import Lists
import Networks
import Testing
import TrainingRuns

/// One training on several lists.
@Suite struct JoinedListsTests {
  private let toy: ToyList
  private let voices: AnnotationList

  init() throws {
    toy = try ToyList()
    voices = try toy.write("voices.csv", "- sound0.flac 1\n- sound1.flac rage\n- sound2.flac glad:1,0:1\n")
  }

  /// The toy's six clips of both modalities and three voices, whose list has classes of its own.
  private func settings(mix: [Int]? = nil, leavesOut: Bool = true) throws -> RunSettings {
    var settings = try toy.finetuning(steps: 6, modalities: .audio) { $0.optimisation.batch = 3 }
    var sources = [try RunSettings.Source(toy.list), try RunSettings.Source(voices)]
    sources[1].labels = ["calm", "glad"]
    for place in sources.indices {
      sources[place].leftOut = leavesOut ? 0 : nil
      sources[place].share = mix?[place]
    }
    settings.data = .init(sources)
    settings.validation = .init(sources)
    return settings
  }

  private func run(_ name: String, _ settings: RunSettings, resumes: Bool = false) throws -> TrainingRun {
    let lists = [toy.list, voices]
    return try TrainingRun(
      toy / name, settings: settings, lists: lists, validation: lists, resumes: resumes, conditions: .init())
  }

  @Test func listsOfTheirOwnClassesAreCountedAndComeBackFromTheFile() throws {
    var settings = try settings(mix: [1, 2])
    let pool = try settings.readLabels([toy.list, voices], validation: [toy.list, voices])
    #expect(pool.counts == [6, 2] && settings.data.clips == 8 && settings.data.mix == [1, 2])
    #expect(settings.data.sources.map(\.leftOut) == [0, 1] && settings.validation?.clips == 8)
    try Data(settings.json.utf8).write(to: URL(fileURLWithPath: toy / "config.json"))
    let read = try RunSettings(file: toy / "config.json")
    #expect(read == settings && read.differences(from: settings).isEmpty)

    // Balanced weights count votes, and what a mix draws: 8 draws, of which the voices have two thirds.
    let counts = ClassCounts(pool, classes: 3)
    #expect(counts.counts == [3, 2, 4])
    let wanted: [Float] = [8 / 7.5, 8 / 6, 8 / 10.5]
    #expect(counts.balancedWeights == wanted)
    #expect(ClassCounts(pool, classes: 3, mix: [1, 2]).balancedWeights != counts.balancedWeights)
    // Half of the log priors; of clips that have both modalities only the first list's count.
    let offsets = zip(counts.logPriors(0.5), [2.5, 2, 3.5]).map { Double($0) - 0.5 * log($1 / 8) }
    #expect(offsets.allSatisfy { abs($0) < 1e-6 })
    let pairs = ClassCounts(pool, classes: 3, having: .audioVideo)
    #expect(pairs.counts == [2, 2, 2] && Set(pairs.logPriors(1)).count == 1)
  }

  @Test func whatDiffersIsNamed() throws {
    let before = try settings(mix: [1, 2])
    #expect(
      try settings(mix: [1, 3]).differences(from: before) == [
        "data.mix: was 1:2, is 1:3", "validation.mix: was 1:2, is 1:3",
      ])
    var other = before
    other.data.sources[1].labels = nil
    #expect(other.differences(from: before) == ["data.labels: was none:calm,glad, is none:none"])
    other.data.sources[1] = other.data.sources[0]
    #expect(other.differences(from: before).first?.hasPrefix("data: \(toy.path)/list.csv is not what") == true)
    other.data.sources.removeLast()
    #expect(other.differences(from: before).first == "data: was \(before.data.path), is \(toy.path)/list.csv")
  }

  @Test func aLabelThatTellsNothingIsRefusedWithItsLine() throws {
    var settings = try settings(leavesOut: false)
    let error = #expect(throws: AnnotationError.self) { try settings.readLabels([toy.list, voices], validation: []) }
    #expect(error?.description == "\(toy.path)/voices.csv:2: the class “rage” is none of calm, angry, glad")
    var none = try self.settings()
    none.data.sources[1].labels = ["rage", "fury"]
    let others = try toy.write("others.csv", "- sound0.flac 1\n")
    let empty = #expect(throws: FileError.self) { try none.readLabels([toy.list, others], validation: []) }
    #expect(empty?.description.contains("voices.csv: none of its clips has a label") == true)
    // A run that was not told how many clips there are does not begin.
    #expect(throws: FileError.self) { try self.run("run", try self.settings()) }
    #expect(!FileManager.default.fileExists(atPath: toy / "run"))
  }

  @Test(arguments: [nil, [1, 2]]) func aStoppedRunGoesOnBitForBit(mix: [Int]?) throws {
    var settings = try settings(mix: mix)
    _ = try settings.readLabels([toy.list, voices], validation: [toy.list, voices])
    let whole = try run("whole", settings).run()
    #expect(whole.end == .done && whole.broken == 0)
    var steps = 0
    _ = try run("cut", settings).run(stop: { steps == 3 }, observe: { if case .step = $0 { steps += 1 } })
    #expect(try run("cut", settings, resumes: true).run().end == .done)
    #expect(try toy.bytes("whole/last/model.safetensors") == toy.bytes("cut/last/model.safetensors"))

    // Figures of all clips, and of each list by itself.
    let found = try #require(whole.validation)
    #expect(found.clips == 8 && found.undecided == 1 && found.list == nil)
    let lists = try #require(found.lists)
    let paths: [String?] = [toy.path + "/list.csv", toy.path + "/voices.csv"]
    #expect(lists.map(\.clips) == [6, 2] && lists.map(\.list) == paths)
    #expect(lists[0].undecided == nil && lists[1].undecided == 1)
    #expect(lists[1].confusion?.joined().reduce(0, +) == 1)
    let card = try String(decoding: toy.bytes("whole/last/README.md"), as: UTF8.self)
    #expect(card.contains("voices.csv alone (2 clips)"), "\(card)")
    let sum = 6 * lists[0].loss + 2 * lists[1].loss
    #expect(abs(found.loss - sum / 8) < 1e-12)
  }

  @Test func theMixIsPartOfTheRun() throws {
    var weights: Set<Data> = []
    for (name, mix) in [("pool", nil), ("even", [1, 1]), ("voices", [1, 5])] as [(String, [Int]?)] {
      var settings = try settings(mix: mix)
      settings.validation = nil
      _ = try settings.readLabels([toy.list, voices], validation: [])
      _ = try TrainingRun(
        toy / name, settings: settings, lists: [toy.list, voices], validation: [], resumes: false, conditions: .init()
      ).run()
      weights.insert(try toy.bytes("\(name)/last/model.safetensors"))
    }
    #expect(weights.count == 3)
  }
}
