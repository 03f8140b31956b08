import Clips
import Media
import Signal
import Tensor
import Testing

@Suite struct AugmentationTests {
  /// Red grows to the right, green downwards; blue is 100.
  private static func ramp(_ side: Int = 160) -> FaceCrop {
    FaceCrop(
      side: side,
      pixels: (0..<side * side).flatMap { [UInt8($0 % side), UInt8($0 / side), 100] })
  }

  private static func colour(_ face: FaceCrop, _ x: Int, _ y: Int) -> [Int] {
    let i = (y * face.side + x) * 3
    return face.pixels[i..<i + 3].map { Int($0) }
  }

  @Test func aPartIsStretchedToTheWholeSide() {
    let face = Self.ramp()
    #expect(face.part(x: 0, y: 0, width: 160, height: 160, side: 160) == face)
    // Half the side: two output pixels for each of the source; the border has no influence of what lies outside.
    let part = face.part(x: 40, y: 20, width: 80, height: 80, side: 160)
    #expect(Self.colour(part, 0, 0) == [40, 20, 100] && Self.colour(part, 159, 159) == [119, 99, 100])
    for (x, y) in [(50, 60), (81, 33)] {
      let seen = Self.colour(part, x, y)
      #expect(abs(Double(seen[0]) - (40 + (Double(x) + 0.5) / 2 - 0.5)) <= 0.5)
      #expect(abs(Double(seen[1]) - (20 + (Double(y) + 0.5) / 2 - 0.5)) <= 0.5)
    }
    // Made smaller: a pixel is a mean, so stripes become grey.
    let stripes = FaceCrop(
      side: 160, pixels: (0..<160 * 160).flatMap { [UInt8]($0 % 2 == 0 ? [0, 0, 0] : [200, 200, 200]) })
    let small = stripes.part(x: 0, y: 0, width: 160, height: 160, side: 40)
    #expect((1..<39).allSatisfy { (90...110).contains(Self.colour(small, $0, 20)[0]) })
  }

  @Test func aFlipIsItsOwnInverse() {
    let face = Self.ramp()
    #expect(face.flipped != face && face.flipped.flipped == face)
    #expect(Self.colour(face.flipped, 0, 7) == [159, 7, 100])
  }

  @Test func multiScaleCropsHaveThePublishedSizesAndPlaces() {
    var random = RandomStream(seed: 1)
    var (sizes, places): ([[Int]: Int], [[Int]: Int]) = ([:], [:])
    for _ in 0..<10_000 {
      let part = MultiScaleCrop().part(side: 160, random: &random)
      sizes[[part.width, part.height], default: 0] += 1
      #expect(part.x + part.width <= 160 && part.y + part.height <= 160)
      if part.width == 120, part.height == 120 { places[[part.x, part.y], default: 0] += 1 }
    }
    let sides = [160, 140, 120, 105]
    let allowed = sides.enumerated().flatMap { i, h in
      sides.enumerated().filter { abs($0.offset - i) <= 1 }.map { [$0.element, h] }
    }
    #expect(allowed.count == 10 && Set(sizes.keys) == Set(allowed))
    // 1000 each; a standard deviation is 30.
    #expect(sizes.values.allSatisfy { (850...1150).contains($0) }, "\(sizes)")
    #expect(
      Set(places.keys) == [
        [0, 0], [40, 0], [0, 40], [40, 40], [20, 20], [0, 20], [40, 20], [20, 40], [20, 0], [10, 10], [30, 10],
        [10, 30], [30, 30],
      ])
  }

  @Test func resizedCropsHaveTheirShare() {
    var random = RandomStream(seed: 2)
    var shares: [Double] = []
    for _ in 0..<5000 {
      let part = RandomResizedCrop().part(side: 160, random: &random)
      #expect(part.x >= 0 && part.y >= 0 && part.x + part.width <= 160 && part.y + part.height <= 160)
      let aspect = Double(part.width) / Double(part.height)
      #expect((0.72...1.39).contains(aspect), "\(part)")
      shares.append(Double(part.width * part.height) / 25_600)
    }
    // Uniform from 0.08 to 1 but for large shapes that do not fit and are drawn again.
    let mean = shares.reduce(0, +) / 5000
    #expect(shares.min()! < 0.1 && shares.max()! > 0.9 && (0.45...0.54).contains(mean), "\(mean)")
    // What never fits becomes the whole.
    let wide = RandomResizedCrop(area: 1...1, aspect: 2...2).part(side: 160, random: &random)
    #expect(wide == FacePart(x: 0, y: 0, width: 160, height: 160))
  }

  @Test func erasingIsOneBoxInAQuarterOfTheClips() {
    var random = RandomStream(seed: 3)
    let parts = (0..<4000).map { _ in RandomErasing().part(side: 160, random: &random) }
    let some = parts.compactMap(\.self)
    // 1000; a standard deviation is 27.
    #expect((890...1110).contains(some.count))
    for part in some {
      #expect(part.x + part.width <= 160 && part.y + part.height <= 160)
      #expect((0.015...0.35).contains(Double(part.width * part.height) / 25_600))
    }
  }

  @Test func randAugmentDrawsHalfOfFourOperations() {
    var random = RandomStream(seed: 4)
    var counts: [String: Int] = [:]
    var total = 0
    for _ in 0..<6000 {
      for operation in RandAugment().operations(&random) {
        total += 1
        counts[String("\(operation)".prefix { $0 != "(" }), default: 0] += 1
        if case .rotate(let degrees) = operation { #expect((12...30).contains(abs(degrees))) }
        if case .posterize(let bits) = operation { #expect((0...2).contains(bits)) }
      }
    }
    // 2 a clip; 15 kinds of 800 each, a standard deviation is 28.
    #expect((11_700...12_300).contains(total) && counts.count == 15)
    #expect(counts.values.allSatisfy { (660...940).contains($0) }, "\(counts)")
  }

  @Test func operationsDoWhatTheirNamesSay() {
    let face = Self.ramp()
    func done(_ operation: FaceOperation, _ x: Int, _ y: Int) -> [Int] {
      Self.colour(operation.applied(to: face), x, y)
    }
    #expect(done(.invert, 10, 20) == [245, 235, 155])
    #expect(done(.posterize(2), 70, 130) == [64, 128, 64])
    #expect(done(.posterize(0), 70, 130) == [0, 0, 0])
    #expect(done(.solarize(100), 10, 120) == [10, 135, 155])
    #expect(done(.solarizeAdd(50), 10, 140) == [60, 140, 150])
    #expect(done(.brightness(0.5), 20, 40) == [10, 20, 50] && done(.brightness(1.5), 20, 158) == [30, 237, 150])
    // Luma of (40, 80, 100): 0.299 · 40 + 0.587 · 80 + 0.114 · 100.
    #expect(done(.colour(0), 40, 80) == [70, 70, 70] && done(.colour(1), 40, 80) == [40, 80, 100])
    // Blue has one tone and stays.
    #expect(done(.autoContrast, 0, 159) == [0, 255, 100])
    #expect(done(.equalize, 0, 159)[0] < 3 && done(.equalize, 0, 159)[1] > 250)
    let mean = done(.contrast(0), 3, 3)
    #expect(mean[0] == mean[1] && mean[1] == mean[2] && done(.contrast(0), 99, 5) == mean)
    // A ramp is as smooth as it can be.
    #expect(done(.sharpness(1.9), 50, 50) == [50, 50, 100])
    #expect(done(.translateX(0.25), 10, 10) == [50, 10, 100] && done(.translateX(0.25), 130, 10) == [128, 128, 128])
    #expect(done(.translateY(-0.25), 10, 10) == [128, 128, 128] && done(.translateY(-0.25), 10, 60) == [10, 20, 100])
    // A quarter turn counter-clockwise: the right side comes up.
    #expect(done(.rotate(90), 20, 30) == [129, 20, 100])
    #expect(done(.rotate(0), 20, 30) == [20, 30, 100])
    // Row 40 is shifted by 0.3 · 40.5 pixels.
    #expect(abs(done(.shearX(0.3), 20, 40)[0] - 32) <= 1 && done(.shearX(0.3), 20, 40)[1] == 40)
    #expect(abs(done(.shearY(0.3), 40, 20)[1] - 32) <= 1 && done(.shearY(0.3), 40, 20)[0] == 40)
  }
}
