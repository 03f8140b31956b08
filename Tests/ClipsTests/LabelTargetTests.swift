import Clips
import Lists
import Networks
import Testing

/// What a clip of a pool is compared with.
@Suite struct LabelTargetTests {
  private func targets(_ text: String, _ reader: LabelReader, mixing: Mixing? = nil) throws -> [[Float]] {
    let toy = try Toy()
    for clip in 0..<3 { try toy.sound(clip) }
    let list = try toy.list(text)
    var recipe = Recipe(sampling: .finetuning)
    (recipe.modalities, recipe.mixing) = (.audio, mixing)
    recipe.target = .labels(classes: reader.classes.count, attributes: reader.attributes.count)
    var settings = BatchLoader.Settings(batch: 3, seed: 1)
    settings.shuffles = false
    let loader = BatchLoader(ClipPool([list], readers: [reader]), recipe: recipe, settings: settings, epochs: 0..<1)
    guard let batch = try loader.next() else { return [] }
    let count = reader.classes.count + reader.attributes.count
    return (0..<batch.count).map { Array(batch.targets[$0 * count..<($0 + 1) * count]) }
  }

  private static let text = "- sound0.flac calm:1,glad:3\n- sound1.flac glad valence=0.5\n- sound2.flac valence=-1\n"

  @Test func votesAreSharesAndWhatIsNotThereIsNoNumber() throws {
    let found = try targets(Self.text, LabelReader(classes: ["calm", "glad"], attributes: ["valence"]))
    #expect(found[0][..<2] == [0.25, 0.75] && found[0][2].isNaN)
    #expect(found[1] == [0, 1, 0.5])
    #expect(found[2][0].isNaN && found[2][1].isNaN && found[2][2] == -1)
  }

  @Test func aMixtureHasALabelWhereBothHaveIt() throws {
    let reader = LabelReader(classes: ["calm", "glad"], attributes: ["valence"])
    let found = try targets(Self.text, reader, mixing: Mixing(mixup: 0.8, cutmix: 0))
    // The first and the last are mixed, and have no label in common; the one in the middle is its own partner.
    #expect(found[0].allSatisfy(\.isNaN) && found[2].allSatisfy(\.isNaN))
    #expect(found[1].allSatisfy { !$0.isNaN } && abs(found[1][2] - 0.5) < 1e-6)
    let votes = try targets(
      "- sound0.flac calm\n- sound1.flac glad\n- sound2.flac calm:1,glad:1\n", LabelReader(classes: ["calm", "glad"]),
      mixing: Mixing(mixup: 0.8, cutmix: 0))
    for row in votes { #expect(abs(row[0] + row[1] - 1) < 1e-6) }
    #expect(votes[0][1] > 0 && abs(votes[0][1] + votes[2][1] - 0.5) < 1e-6)
  }
}
