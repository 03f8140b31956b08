import Clips
import Lists
import Testing

@Suite struct UnpairingTests {
  /// Half of the pairs keep one modality, in turn; what has one modality already stays as it is.
  @Test func halfOfThePairsKeepOneModality() throws {
    let text = (0..<100).map { $0 % 5 == 0 ? "- s\($0) 1\n" : "f\($0) s\($0) 2\n" }.joined()
    let list = try AnnotationList(path: "list.csv", bytes: Array(text.utf8))
    let entries = Unpairing(share: 0.5, seed: 3).entries(of: list)
    #expect(entries.count == 100 && entries.map(\.label) == list.entries.map(\.label))
    let changed = entries.indices.filter { entries[$0] != list.entries[$0] }
    // Of 80 pairs 40.
    #expect(changed.count == 40 && changed.allSatisfy { $0 % 5 != 0 })
    for (turn, place) in changed.enumerated() {
      #expect(entries[place].video == (turn % 2 == 0 ? list.entries[place].video : nil))
      #expect(entries[place].audio == (turn % 2 == 0 ? nil : list.entries[place].audio))
    }
    #expect(Unpairing(share: 0.5, seed: 3).entries(of: list) == entries)
    #expect(Unpairing(share: 0.5, seed: 4).entries(of: list) != entries)
    #expect(Unpairing(share: 0, seed: 3).entries(of: list) == list.entries)
    let all = Unpairing(share: 1, seed: 3).entries(of: list)
    #expect(all.allSatisfy { ($0.video == nil) != ($0.audio == nil) } && all.count { $0.audio == nil } == 40)
  }
}
