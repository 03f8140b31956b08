import Architectures
import Files
import Models
import Networks
import Testing

@Suite struct SizeChangeTests {
  private func sizes(_ preset: String) throws -> any NetworkSizes {
    try #require(architectures.sizes(for: SizeRequest(preset: preset, outputs: 0)))
  }

  private func changes(_ texts: [String]) throws -> [SizeChange] { try texts.map { try #require(SizeChange($0)) } }

  @Test(arguments: [
    ("vavl-light", ["width=192", "blocks=2", "residual=false", "shares=false", "reconstructs=false"]),
    ("vavl-light", ["bottleneck=20", "video.channels=8", "attention_heads=2"]),
    ("vavl", ["width=64", "bottleneck=null", "video.width=35", "video.steps=40", "taps=5"]),
    ("tiny", ["dim=128", "depth_video=2", "depth_audio=3"]),
  ]) func valuesAreTaken(_ preset: String, _ texts: [String]) throws {
    let changes = try changes(texts)
    let before = try sizes(preset)
    #expect(before.firstMissing(of: changes) != nil)
    let after = try before.changed(changes)
    #expect(after.firstMissing(of: changes) == nil, "\(after.json.sizes.text)")
    #expect(AnySizes(after) != AnySizes(before))
    // Nothing else is other than before.
    let back = try after.changed(
      changes.map { change in try SizeChange(change.key, #require(value(change.key, before))) })
    #expect(AnySizes(back) == AnySizes(before))
  }

  /// What sizes have under a key with dots.
  private func value(_ key: String, _ sizes: any NetworkSizes) -> JSON? {
    key.split(separator: ".").reduce(Optional(sizes.json.sizes)) { value, key in
      guard case .object(let members) = value else { return nil }
      return members.first { $0.key == key }?.value
    }
  }

  @Test func nothingChangesWithoutChanges() throws {
    let before = try sizes("vavl")
    #expect(AnySizes(try before.changed([])) == AnySizes(before))
  }

  @Test(arguments: ["heads=3", "video.height=4", "width.more=1", ".=1", "video.=1", "VIDEO=1"])
  func unknownKeysAreRefusedWithThoseThatThereAre(_ text: String) throws {
    let sizes = try sizes("vavl-light")
    let changes = try changes([text])
    #expect(sizes.firstMissing(of: changes) != nil)
    let error = #expect(throws: SizeChangeError.self) { try sizes.changed(changes) }
    let known = [
      "width", "attention_heads", "blocks", "shared_blocks", "taps", "video.channels", "audio.channels", "bottleneck",
      "shares", "residual", "reconstructs",
    ]
    for key in known { #expect(error?.description.contains(key) == true, "\(error as Any)") }
  }

  @Test(arguments: [
    ("width=0", "'sizes.width' is 0, not from 1 to 4096"), ("width=130", "does not divide into 4 attention heads"),
    ("taps=4", "which have no centre"), ("blocks=-1", "not from 0 to 100"), ("blocks=two", "is not a whole number"),
    ("blocks=1.5", "is not a whole number"), ("shares=1", "is not a truth value"),
    ("video.channels=0", "sizes.video.channels"), ("video=3", "sizes.video"),
    ("width=99999999999999999999", "too large"),
  ]) func valuesThatAreNoneAreRefused(_ text: String, _ words: String) throws {
    let sizes = try sizes("vavl-light")
    let changes = try changes([text])
    let error = #expect(throws: SizeChangeError.self) { try sizes.changed(changes) }
    #expect(error?.description.contains(words) == true, "\(error as Any)")
  }

  @Test func textThatIsNoChange() {
    for text in ["", "width", "=", "=3", "width="] { #expect(SizeChange(text) == nil, "\(text)") }
    #expect(SizeChange("a=b=c").map { "\($0)" } == "a=b=c")
    #expect(SizeChange("a=1,2.5,true").map { "\($0)" } == "a=1,2.5,true")
  }
}
