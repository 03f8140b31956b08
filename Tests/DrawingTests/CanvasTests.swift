import Drawing
import Foundation
import Testing

@Suite struct CanvasTests {
  /// Width and height stand in a PNG's first chunk.
  private func size(_ png: [UInt8]) -> [Int] {
    [16, 20].map { png[$0..<$0 + 4].reduce(0) { $0 << 8 | Int($1) } }
  }

  @Test func aCanvasIsAPNG() throws {
    let canvas = Canvas(width: 60, height: 40, paper: Ink(0xffffff))
    let empty = try canvas.png()
    #expect(empty.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
    #expect(size(empty) == [60, 40])
    canvas.words("a word", x: 2, y: 20, size: 12, Ink(0x000000))
    let written = try canvas.png()
    #expect(written != empty)
    canvas.draw(
      Pixels(width: 2, height: 2) { x, _ in x == 0 ? Ink(0xff0000) : Ink(0x0000ff) },
      in: Box(x: 0, y: 0, width: 60, height: 40))
    #expect(try canvas.png() != written)
  }

  /// Longer words are longer, and bold ones too: a font is there.
  @Test func wordsHaveALength() {
    let canvas = Canvas(width: 10, height: 10, paper: Ink(0xffffff))
    let (short, long) = (canvas.length(of: "ab", size: 12), canvas.length(of: "abab", size: 12))
    #expect(abs(long - 2 * short) < 2 && short > 5)
    #expect(canvas.length(of: "abab", size: 12, bold: true) > long)
  }

  @Test func coloursAreCutOff() {
    let pixels = Pixels(width: 3, height: 1) { x, _ in
      [Ink(-1, 0.5, 2), Ink(.nan, .infinity, 0), Ink(0x123456)][x]
    }
    #expect(pixels.rgb == [0, 128, 255, 0, 255, 0, 0x12, 0x34, 0x56])
    #expect(Ink(0x0a0b0c).code == "#0a0b0c" && Ink(2, -1, 1).code == "#ff00ff")
  }

  /// Lighter from end to end, and nothing outside.
  @Test func magmaRises() {
    let greys = (0...64).map { step in
      let ink = Magma.ink(Double(step) / 64)
      return 0.2126 * ink.red + 0.7152 * ink.green + 0.0722 * ink.blue
    }
    #expect(zip(greys, greys.dropFirst()).allSatisfy { $0 < $1 })
    #expect(Magma.ink(-3) == Magma.ink(0) && Magma.ink(7) == Magma.ink(1) && Magma.ink(.nan) == Magma.ink(0))
  }
}
