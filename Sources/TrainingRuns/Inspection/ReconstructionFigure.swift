public import Clips
internal import Drawing
internal import Models
internal import Networks
internal import Signal

/// One clip's original, and for every share of hidden patches what the model saw and what it made of it, as a picture:
/// a row each, the first frame of every video patch and the spectrogram.
public struct ReconstructionFigure {
  /// What stands above.
  public var title, subtitle: String
  /// The original.
  public var input: ModelInput
  public var reconstructions: [Reconstruction]
  private let want: ClipInputs.Want
  /// Frames of a window, their side, and frames from one that is shown to the next.
  private let frames, side, step: Int
  /// Of the spectrogram.
  private let rows, bins: Int

  /// - Parameters:
  ///   - title: stands above.
  ///   - subtitle: stands below the title.
  ///   - input: the original.
  ///   - reconstructor: what made the reconstructions.
  ///   - reconstructions: one for each share of hidden patches.
  public init(
    title: String, subtitle: String, input: ModelInput, by reconstructor: Reconstructor,
    reconstructions: [Reconstruction]
  ) {
    (self.title, self.subtitle, self.input, want) = (title, subtitle, input, reconstructor.want)
    self.reconstructions = reconstructions
    // A window's own shape stands in for a modality that is not drawn.
    if case .pictures(let frames, let side) = reconstructor.inputs.video {
      (self.frames, self.side) = (frames, side)
    } else {
      (frames, side) = (WindowSchedule.frames, FaceFraming().size)
    }
    step = reconstructor.patchFrames
    if case .spectrogram(let rows, let bins) = reconstructor.inputs.audio {
      (self.rows, self.bins) = (rows, bins)
    } else {
      (rows, bins) = (WindowSchedule.rows, FilterBank.bins)
    }
  }

  /// As a PNG file's bytes.
  /// - Throws: `DrawingError`.
  public func png() throws -> [UInt8] {
    let layout = Layout(
      hasVideo: !input.video.isEmpty, hasAudio: !input.audio.isEmpty, shares: reconstructions.count,
      frames: frames / step, cell: Double(side), sound: Double(side) * Double(rows) / Double(bins))
    let canvas = Canvas(width: Int(layout.width), height: Int(layout.height), paper: Self.paper)
    head(canvas, layout)
    row(canvas, layout, 0, "original", [], video: input.video, audio: input.audio, hiding: nil)
    for (place, one) in reconstructions.enumerated() {
      row(
        canvas, layout, 1 + 2 * place, "masked", ["\(one.percent) % hidden"], video: input.video, audio: input.audio,
        hiding: one)
      let errors = [("picture", one.video), ("sound", one.audio)].compactMap { name, modality in
        modality.map { "\(name) \(Figure.fixed($0.error, 3)) (\(Figure.fixed($0.errorOfMean, 3)))" }
      }
      row(
        canvas, layout, 2 + 2 * place, "reconstructed", ["\(one.percent) % hidden", ""] + errors,
        video: one.video?.values ?? [], audio: one.audio?.values ?? [], hiding: nil)
    }
    foot(canvas, layout)
    return try canvas.png()
  }

  private static let (paper, text, faint, hole) = (Ink(0xffffff), Ink(0x1b1f24), Ink(0x5d6670), Ink(0xd5d9de))

  /// Where things lie.
  private struct Layout {
    let hasVideo, hasAudio: Bool
    let shares: Int
    /// Frames that are shown.
    let frames: Int
    /// The side of a frame, and the width of a spectrogram, which is as high as a frame; time goes to the right.
    let cell, sound: Double

    static let (margin, names, gap, step) = (24.0, 176.0, 4.0, 14.0)
    static let top = 100.0

    var pictures: Double { hasVideo ? Double(frames) * (cell + Self.gap) - Self.gap : 0 }
    var soundLeft: Double { Self.margin + Self.names + (hasVideo ? pictures + 20 : 0) }
    /// Room for the words below, also without pictures.
    var width: Double { max(soundLeft + (hasAudio ? sound : -20) + Self.margin, 760) }
    var bottom: Double { top(2 * shares) + cell }
    /// A narrow figure breaks the two lines below.
    var height: Double { bottom + 26 + 18 * (hasVideo ? 2 : 4) + Self.margin }

    func left(_ frame: Int) -> Double { Self.margin + Self.names + Double(frame) * (cell + Self.gap) }
    /// A row's; each share's pair of rows stands apart.
    func top(_ row: Int) -> Double {
      Self.top + Double(row) * (cell + Self.gap) + Double((row + 1) / 2) * Self.step
    }
  }

  private func head(_ canvas: Canvas, _ layout: Layout) {
    canvas.words(shortened(title, to: 90), x: Layout.margin, y: 38, size: 20, bold: true, Self.text)
    canvas.words(shortened(subtitle, to: 110), x: Layout.margin, y: 60, size: 13, Self.faint)
    let y = Layout.top - 8
    if layout.hasVideo {
      for frame in 0..<layout.frames {
        let name = frame == 0 ? "frame 1" : "\(frame * step + 1)"
        canvas.words(name, x: layout.left(frame), y: y, size: 12, Self.faint)
      }
    }
    if layout.hasAudio {
      canvas.words("sound: \(bins) mel bands, upwards", x: layout.soundLeft, y: y, size: 12, Self.faint)
      let end = layout.soundLeft + layout.sound
      canvas.words("0 s", x: layout.soundLeft, y: layout.bottom + 16, size: 12, Self.faint)
      canvas.words("2.56 s", x: end, y: layout.bottom + 16, size: 12, align: .right, Self.faint)
    }
  }

  private func row(
    _ canvas: Canvas, _ layout: Layout, _ row: Int, _ name: String, _ notes: [String], video: [Float], audio: [Float],
    hiding: Reconstruction?
  ) {
    let top = layout.top(row)
    canvas.words(name, x: Layout.margin, y: top + 18, size: 15, bold: true, Self.text)
    for (line, note) in notes.enumerated() {
      canvas.words(note, x: Layout.margin, y: top + 38 + 17 * Double(line), size: 12.5, Self.faint)
    }
    if !video.isEmpty {
      for frame in 0..<layout.frames {
        canvas.draw(
          picture(video, frame * step, hiding?.video?.isHidden),
          in: Box(x: layout.left(frame), y: top, width: layout.cell, height: layout.cell))
      }
    }
    if !audio.isEmpty {
      canvas.draw(
        spectrogram(audio, hiding?.audio?.isHidden),
        in: Box(x: layout.soundLeft, y: top, width: layout.sound, height: layout.cell))
    }
  }

  private func foot(_ canvas: Canvas, _ layout: Layout) {
    let lines = [
      "Grey: hidden from the model. Reconstructed: hidden patches as the model has them, with the mean and the deviation of "
        + "the original's patch; visible ones are the original's.",
      "Numbers: mean squared error of the normalised hidden patches, in brackets that of saying each patch's mean alone.",
    ]
    var y = layout.bottom + 44
    for line in lines {
      var rest = line.split(separator: " ")[...]
      while !rest.isEmpty {
        var words = ""
        while let next = rest.first,
          words.isEmpty || canvas.length(of: words + next, size: 12.5) < layout.width - 2 * Layout.margin
        {
          words += next + " "
          rest = rest.dropFirst()
        }
        canvas.words(words, x: Layout.margin, y: y, size: 12.5, Self.faint)
        y += 18
      }
    }
  }

  private func picture(_ video: [Float], _ frame: Int, _ isHidden: [Bool]?) -> Pixels {
    let scale = want.preprocessing.normalisation
    return Pixels(width: side, height: side) { x, y in
      func place(_ channel: Int) -> Int { ((channel * frames + frame) * side + y) * side + x }
      if let isHidden, isHidden[place(0)] { return Self.hole }
      func colour(_ channel: Int) -> Double {
        Double(video[place(channel)] * scale.deviation[channel] + scale.mean[channel])
      }
      return Ink(colour(0), colour(1), colour(2))
    }
  }

  /// Time to the right, high bands above; colours from the original's 1st to its 99th of 100 parts.
  private func spectrogram(_ audio: [Float], _ isHidden: [Bool]?) -> Pixels {
    let sorted = input.audio.sorted()
    let (low, high) = (Double(sorted[sorted.count / 100]), Double(sorted[sorted.count * 99 / 100]))
    let range = max(high - low, 1e-6)
    return Pixels(width: rows, height: bins) { x, y in
      let bin = bins - 1 - y
      if let isHidden, isHidden[x * bins + bin] { return Self.hole }
      return Magma.ink((Double(audio[x * bins + bin]) - low) / range)
    }
  }
}
