/// A colour; each part is from 0 to 1.
public struct Ink: Hashable, Sendable {
  public var red, green, blue: Double

  public init(_ red: Double, _ green: Double, _ blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// As 0xRRGGBB.
  public init(_ code: UInt32) {
    func part(_ shift: UInt32) -> Double { Double(code >> shift & 0xff) / 255 }
    self.init(part(16), part(8), part(0))
  }

  /// As #rrggbb.
  public var code: String {
    "#"
      + [red, green, blue].map { part in
        let digits = String(Int((min(max(part, 0), 1) * 255).rounded()), radix: 16)
        return digits.count < 2 ? "0" + digits : digits
      }.joined()
  }
}

/// A part of a canvas.
public struct Box: Hashable, Sendable {
  public var x, y, width, height: Double

  public init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}

/// Red, green and blue bytes, row by row from the top.
public struct Pixels: Hashable, Sendable {
  public let width, height: Int
  public private(set) var rgb: [UInt8]

  /// - Parameter colour: of every pixel; each part of it from 0 to 1, what is outside is cut off.
  public init(width: Int, height: Int, colour: (_ x: Int, _ y: Int) -> Ink) {
    precondition(width > 0 && height > 0, "\(width)×\(height) pixels")
    (self.width, self.height) = (width, height)
    rgb = []
    rgb.reserveCapacity(3 * width * height)
    // What is not a number is 0.
    func byte(_ part: Double) -> UInt8 { part > 0 ? UInt8((min(part, 1) * 255).rounded()) : 0 }
    for y in 0..<height {
      for x in 0..<width {
        let ink = colour(x, y)
        rgb.append(byte(ink.red))
        rgb.append(byte(ink.green))
        rgb.append(byte(ink.blue))
      }
    }
  }
}

/// Colours for numbers: from dark to light, as even to the eye as Matplotlib's magma, whose colours these are.
public enum Magma {
  private static let stops: [Ink] = [
    0x000004, 0x1c1044, 0x4f127b, 0x812581, 0xb5367a, 0xe55064, 0xfb8761, 0xfec287, 0xfcfdbf,
  ].map { Ink($0) }

  /// - Parameter share: from 0 to 1; what is outside is cut off.
  public static func ink(_ share: Double) -> Ink {
    let place = (share > 0 ? min(share, 1) : 0) * Double(stops.count - 1)
    let from = min(Int(place), stops.count - 2)
    let (a, b, t) = (stops[from], stops[from + 1], place - Double(from))
    return Ink(a.red + t * (b.red - a.red), a.green + t * (b.green - a.green), a.blue + t * (b.blue - a.blue))
  }
}
