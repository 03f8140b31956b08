import Lists
import Networks
import Signal
import Tensor
import Testing

@testable import Clips

/// Stills and mirrored clips as inputs.
@Suite struct StillInputTests {
  private func maker(_ toy: Toy, _ text: String, attributes: [String], change: (inout Recipe) -> Void) throws
    -> ClipMaker
  {
    let reader = LabelReader(classes: ["calm", "glad"], attributes: attributes)
    var recipe = Recipe(sampling: .finetuning)
    (recipe.modalities, recipe.takesFewerFrames) = (.video, true)
    recipe.target = .labels(classes: 2, attributes: attributes.count)
    change(&recipe)
    return ClipMaker(ClipPool([try toy.list(text)], readers: [reader]), recipe: recipe, seed: 1)
  }

  @Test func leftAndRightChangePlaces() {
    let names = ["eyeBlinkLeft", "jawOpen", "eyeBlinkRight", "browDownLeft"]
    // What has no partner stays.
    #expect(Recipe.mirrored(names, after: 2) == [0, 1, 4, 3, 2, 5])
    #expect(Recipe.mirrored(["valence", "arousal"], after: 0) == nil)
    #expect(Recipe.mirrored([], after: 3) == nil)
  }

  @Test(arguments: [0.0, 1.0])
  func aMirroredClipMirrorsItsActions(flip: Double) throws {
    let toy = try Toy()
    try toy.clip(0)
    let names = ["mouthSmileLeft", "mouthSmileRight"]
    let maker = try maker(toy, "face0 - glad mouthSmileLeft=0.25 mouthSmileRight=0.75\n", attributes: names) {
      $0.picture.flip = flip
      $0.mirroredTarget = Recipe.mirrored(names, after: 2)
    }
    let target = try maker.input(position: 0, epoch: 0).target
    #expect(target == (flip == 0 ? [0, 1, 0.25, 0.75] : [0, 1, 0.75, 0.25]))
  }

  @Test func aStillIsJudgedByOneFrame() throws {
    let toy = try Toy()
    try toy.clip(0, frames: 1)
    try toy.clip(1)
    let text = "face0 - calm\nface1 - glad\n"
    let maker = try maker(toy, text, attributes: []) { _ in }
    let still = try maker.views(position: 0)
    #expect(still.map(\.videoFrames) == [1])
    let moving = try maker.views(position: 1)
    #expect(moving.count > 1 && moving.allSatisfy { $0.videoFrames == nil })
    // A network that needs all frames gets them.
    let whole = try self.maker(toy, text, attributes: []) { $0.takesFewerFrames = false }.views(position: 0)
    #expect(whole.count == moving.count && whole.allSatisfy { $0.videoFrames == nil })
    let (frame, places) = (160 * 160, 16)
    for colour in 0..<3 {
      let first = colour * places * frame
      #expect(still[0].video[first..<first + frame] == whole[0].video[first..<first + frame])
    }
  }
}
