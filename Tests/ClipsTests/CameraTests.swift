import Clips
import Signal
import Tensor
import Testing

@Suite struct CameraTests {
  /// A disc on a ground, off the middle.
  private static func disc(_ x: Double = 60, _ y: Double = 90) -> FaceCrop {
    FaceCrop(
      side: 160,
      pixels: (0..<160 * 160).flatMap { i -> [UInt8] in
        let (u, v) = (Double(i % 160) + 0.5 - x, Double(i / 160) + 0.5 - y)
        return u * u + v * v < 400 ? [220, 180, 140] : [60, 60, 60]
      })
  }

  private static func centre(_ face: FaceCrop) -> (x: Double, y: Double) {
    var (x, y, sum) = (0.0, 0.0, 0.0)
    let values = (0..<160 * 160).map { Double(face.pixels[$0 * 3 + 1]) }
    let limit = (values.min()! + values.max()!) / 2
    for (i, value) in values.enumerated() where value > limit {
      (x, y, sum) = (x + Double(i % 160) + 0.5, y + Double(i / 160) + 0.5, sum + 1)
    }
    return (x / sum, y / sum)
  }

  @Test func theSameStreamGivesTheSameClip() {
    let faces = [Self.disc(), Self.disc(62, 88)]
    func made(_ seed: UInt64) -> [FaceCrop] {
      var random = RandomStream(seed: seed)
      return CameraAugmentation().applied(to: faces, random: &random)
    }
    #expect(made(4) == made(4) && made(4) != made(5) && made(4).count == 2)
    #expect(made(4).allSatisfy { $0.side == 160 })
  }

  @Test func theFaceStaysInThePictureAndMovesALittle() {
    var random = RandomStream(seed: 1)
    var (far, moved, grey, sides) = (0.0, 0.0, 0, Set<UInt8>())
    for _ in 0..<40 {
      let made = CameraAugmentation().applied(
        to: [Self.disc(), Self.disc(), Self.disc()], random: &random)
      let (first, last) = (Self.centre(made[0]), Self.centre(made[2]))
      far = max(far, abs(first.x - 60), abs(first.y - 90))
      moved = max(moved, abs(first.x - last.x), abs(first.y - last.y))
      let pixel = made[1].pixels[(90 * 160 + 60) * 3..<(90 * 160 + 60) * 3 + 3]
      grey += pixel.max()! - pixel.min()! < 12 ? 1 : 0
      sides.insert(pixel.first!)
    }
    #expect((4...45).contains(far) && (1...15).contains(moved), "\(far), \(moved)")
    // 40 % without colour, and those that keep little of it.
    #expect((10...34).contains(grey) && sides.count > 20, "\(grey), \(sides.count)")
  }

  @Test func aSmallerCameraSeesNoDetail() {
    // Stripes of one pixel: what has fewer pixels cannot show them.
    let stripes = FaceCrop(
      side: 160, pixels: (0..<160 * 160).flatMap { [UInt8](repeating: $0 % 2 == 0 ? 20 : 220, count: 3) })
    var random = RandomStream(seed: 3)
    let contrasts = (0..<30).map { _ -> Int in
      let made = CameraAugmentation().applied(to: [stripes], random: &random)[0]
      let row = (20..<140).map { Int(made.pixels[(80 * 160 + $0) * 3 + 1]) }
      return zip(row, row.dropFirst()).map { abs($0 - $1) }.max()!
    }
    #expect(contrasts.filter { $0 < 60 }.count >= 12, "\(contrasts)")
  }
}
