internal import Glibc
public import Signal
public import Tensor

/// What another camera would have made of a clip: a head that is held and moves a little differently, another resolution,
/// light, colour and noise. All from one draw a clip, so that frames belong together; head and noise go on from frame to
/// frame.
///
/// Grey pictures get a tint now and then, and coloured ones lose their colour, so that colour tells a model nothing about
/// where a face is from.
public struct CameraAugmentation: Hashable, Sendable {
  /// Side of the smallest face in pixels that resolution is drawn down to.
  public var smallest: Int

  /// - Parameter smallest: side of a face in pixels, 8 or more.
  public init(smallest: Int = 28) {
    precondition(smallest >= 8, "a face of \(smallest) pixels")
    self.smallest = smallest
  }

  /// How a face lies in its square: a turn in degrees, a scale, and a shift in shares of the side.
  struct Pose: Hashable {
    var turn = 0.0
    var scale = 1.0
    var x = 0.0
    var y = 0.0

    /// Between two poses; t from 0 to 1.
    func towards(_ other: Pose, _ t: Double) -> Pose {
      Pose(
        turn: turn + t * (other.turn - turn), scale: scale + t * (other.scale - scale), x: x + t * (other.x - x),
        y: y + t * (other.y - y))
    }
  }

  /// What is done to a clip.
  struct Shot: Hashable {
    var first = Pose()
    var last = Pose()
    /// Side of the face as this camera sees it, in pixels.
    var side: Int
    /// Exponent of the brightness from 0 to 1; factor and shift after it.
    var (gamma, gain, lift) = (1.0, 1.0, 0.0)
    /// How much brighter it is at the right and at the bottom than in the middle.
    var (across, down) = (0.0, 0.0)
    /// 0: grey; 1: the colours as they are.
    var colour = 1.0
    /// Factors of red, green and blue.
    var tint = SIMD3<Double>(repeating: 1)
    /// Standard deviation of the noise of a pixel of this camera, in bytes.
    var noise = 0.0

    init(side: Int) { self.side = side }
  }

  /// - Parameter side: of the faces in pixels.
  func shot(side: Int, random: inout RandomStream) -> Shot {
    // Every draw is made, so that none depends on another's outcome.
    var shot = Shot(side: side)
    shot.first = Pose(
      turn: 7 * random.normal(), scale: exp(0.08 * random.normal()), x: 0.03 * random.normal(),
      y: 0.03 * random.normal())
    shot.last = Pose(
      turn: shot.first.turn + 3 * random.normal(), scale: shot.first.scale * exp(0.02 * random.normal()),
      x: shot.first.x + 0.015 * random.normal(), y: shot.first.y + 0.015 * random.normal())
    let (isSmaller, share) = (random.chance(0.75), random.uniform(0, 1))
    if isSmaller, side > smallest {
      shot.side = Int((Double(smallest) * pow(Double(side) / Double(smallest), share)).rounded())
    }
    shot.gamma = exp(0.3 * random.normal())
    (shot.gain, shot.lift) = (exp(0.15 * random.normal()), 12 * random.normal())
    (shot.across, shot.down) = (0.2 * random.normal(), 0.12 * random.normal())
    let (fades, isGrey) = (random.uniform(0, 1.2), random.chance(0.4))
    shot.colour = isGrey ? 0 : fades
    let casts = random.chance(0.4)
    let tint = SIMD3(exp(0.12 * random.normal()), exp(0.06 * random.normal()), exp(0.12 * random.normal()))
    if casts { shot.tint = tint }
    let (isNoisy, noise) = (random.chance(0.4), random.uniform(0, 9))
    if isNoisy { shot.noise = noise }
    // Some pictures are washed out or dark: more contrast, or less, around a brightness of theirs.
    let (isHarsh, contrast, middle) = (random.chance(0.35), exp(0.4 * random.normal()), random.uniform(50, 200))
    if isHarsh { (shot.gain, shot.lift) = (shot.gain * contrast, shot.lift * contrast + middle * (1 - contrast)) }
    return shot
  }

  /// The clip as another camera would have made it.
  public func applied(to faces: [FaceCrop], random: inout RandomStream) -> [FaceCrop] {
    guard let side = faces.first?.side else { return [] }
    let shot = shot(side: side, random: &random)
    var done: [FaceCrop] = []
    for (index, face) in faces.enumerated() {
      // A still is in a window many times; each has noise of its own.
      let t = faces.count > 1 ? Double(index) / Double(faces.count - 1) : 0
      done.append(shot.taken(of: face, pose: shot.first.towards(shot.last, t), random: &random))
    }
    return done
  }
}

extension CameraAugmentation.Shot {
  /// One frame: sampled down to this camera's pixels in the pose, changed in light, and enlarged again.
  func taken(of face: FaceCrop, pose: CameraAugmentation.Pose, random: inout RandomStream) -> FaceCrop {
    var small = sampled(face, pose)
    light(&small, random: &random)
    return enlarged(small, to: face.side)
  }

  /// (side, side, 3), each the mean of the source around its place; the border is repeated outside.
  private func sampled(_ face: FaceCrop, _ pose: CameraAugmentation.Pose) -> [Float] {
    let full = Double(face.side)
    let step = full / Double(side)
    let angle = pose.turn * .pi / 180
    // Source pixels for one step of the small picture, along its rows and columns.
    let (ux, uy) = (cos(angle) * step / pose.scale, -sin(angle) * step / pose.scale)
    // As many samples a pixel as source pixels lie under it.
    let samples = max(1, Int((step / pose.scale).rounded(.up)))
    let share = 1 / Float(samples * samples)
    var out = [Float](repeating: 0, count: side * side * 3)
    let middle = Double(side) / 2
    face.pixels.withUnsafeBufferPointer { source in
      for row in 0..<side {
        for column in 0..<side {
          var sum = SIMD3<Float>.zero
          for sub in 0..<samples * samples {
            let u = Double(column) + (Double(sub % samples) + 0.5) / Double(samples) - middle
            let v = Double(row) + (Double(sub / samples) + 0.5) / Double(samples) - middle
            let x = full * (0.5 - pose.x) + u * ux - v * uy
            let y = full * (0.5 - pose.y) + u * uy + v * ux
            sum += Self.bilinear(source, face.side, x - 0.5, y - 0.5)
          }
          let at = (row * side + column) * 3
          for channel in 0..<3 { out[at + channel] = sum[channel] * share }
        }
      }
    }
    return out
  }

  private static func bilinear(_ source: UnsafeBufferPointer<UInt8>, _ side: Int, _ x: Double, _ y: Double)
    -> SIMD3<Float>
  {
    let (x, y) = (min(max(x, 0), Double(side - 1)), min(max(y, 0), Double(side - 1)))
    let (left, top) = (Int(x), Int(y))
    let (right, bottom) = (min(left + 1, side - 1), min(top + 1, side - 1))
    let (p, q) = (Float(x - Double(left)), Float(y - Double(top)))
    func pixel(_ row: Int, _ column: Int) -> SIMD3<Float> {
      let at = (row * side + column) * 3
      return SIMD3(Float(source[at]), Float(source[at + 1]), Float(source[at + 2]))
    }
    let above = pixel(top, left) * (1 - p) + pixel(top, right) * p
    let below = pixel(bottom, left) * (1 - p) + pixel(bottom, right) * p
    return above * (1 - q) + below * q
  }

  private func light(_ pixels: inout [Float], random: inout RandomStream) {
    let table = (0...255).map { Float(pow(Double($0) / 255, gamma) * 255 * gain + lift) }
    let (colour, tint) = (Float(colour), SIMD3<Float>(tint))
    for row in 0..<side {
      let vertical = 1 + Float(down) * (Float(row) / Float(side) - 0.5)
      for column in 0..<side {
        let at = (row * side + column) * 3
        let light = vertical * (1 + Float(across) * (Float(column) / Float(side) - 0.5))
        var pixel = SIMD3(pixels[at], pixels[at + 1], pixels[at + 2])
        let grey = 0.299 * pixel.x + 0.587 * pixel.y + 0.114 * pixel.z
        pixel = SIMD3(repeating: grey * (1 - colour)) + pixel * colour
        for channel in 0..<3 {
          let value = min(max(pixel[channel] * tint[channel], 0), 255)
          let low = Int(value)
          let toned = table[low] + (value - Float(low)) * (table[min(low + 1, 255)] - table[low])
          let grain = noise > 0 ? Float(noise * random.normal()) : 0
          pixels[at + channel] = toned * light + grain
        }
      }
    }
  }

  private func enlarged(_ small: [Float], to full: Int) -> FaceCrop {
    func byte(_ value: Float) -> UInt8 { UInt8(min(max(value + 0.5, 0), 255)) }
    guard side != full else { return FaceCrop(side: full, pixels: small.map(byte)) }
    let places = (0..<full).map { index -> (low: Int, high: Int, share: Float) in
      let at = min(max((Float(index) + 0.5) * Float(side) / Float(full) - 0.5, 0), Float(side - 1))
      return (Int(at), min(Int(at) + 1, side - 1), at - Float(Int(at)))
    }
    var pixels = [UInt8](repeating: 0, count: full * full * 3)
    var line = [Float](repeating: 0, count: side * 3)
    for row in 0..<full {
      let (top, bottom, q) = places[row]
      for i in 0..<side * 3 { line[i] = small[top * side * 3 + i] * (1 - q) + small[bottom * side * 3 + i] * q }
      for column in 0..<full {
        let (left, right, p) = places[column]
        for channel in 0..<3 {
          pixels[(row * full + column) * 3 + channel] =
            byte(line[left * 3 + channel] * (1 - p) + line[right * 3 + channel] * p)
        }
      }
    }
    return FaceCrop(side: full, pixels: pixels)
  }
}
