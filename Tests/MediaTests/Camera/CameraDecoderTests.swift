import CFFmpeg
import MediaFixtures
import Testing

@testable import Media

@Suite struct CameraDecoder {
  private func captured(
    _ bytes: [UInt8], _ format: CapturedFrame.Format = .jpeg, width: Int = 320, height: Int = 240
  ) -> CapturedFrame {
    CapturedFrame(
      index: 0, time: 0, sequence: 0, droppedBefore: 0, format: format, width: width, height: height, bytes: bytes)
  }

  /// A picture's planes without padding.
  private func planes(_ picture: Picture?, _ sizes: [(Int, Int)]) -> [[UInt8]] {
    guard let fields = picture?.frame.pointer.pointee else { return [] }
    let bases = [fields.data.0!, fields.data.1!, fields.data.2!]
    let strides = [fields.linesize.0, fields.linesize.1, fields.linesize.2]
    return sizes.indices.map { p in
      (0..<sizes[p].1).flatMap { y in (0..<sizes[p].0).map { bases[p][y * Int(strides[p]) + $0] } }
    }
  }

  private let jpegPlanes = [(320, 240), (160, 240), (160, 240)]

  private func textured(_ x: Int, _ y: Int) -> UInt8 { UInt8(truncatingIfNeeded: (x &* 7919 ^ y &* 104_729) >> 3) }

  @Test func jpegKeepsItsRange() throws {
    let decoder = CapturedDecoder(path: "camera")
    let picture = try #require(
      try decoder.decode(captured(TestJPEG.encode { x, y in UInt8(x / 2 + y / 4) })))
    #expect(picture.width == 320 && picture.height == 240 && decoder.broken == 0)
    #expect(picture.frame.pointer.pointee.color_range == AVCOL_RANGE_JPEG)
    let luma = planes(picture, jpegPlanes)[0]
    #expect((0..<luma.count).allSatisfy { abs(Int(luma[$0]) - ($0 % 320 / 2 + $0 / 320 / 4)) < 12 })
  }

  /// libavcodec alone makes half grey pictures of those cut in the scan. Some cameras pad what is missing.
  @Test(arguments: [0, 5000]) func everyCutJpegIsBroken(padding: Int) throws {
    let whole = try TestJPEG.encode(draw: textured)
    let decoder = CapturedDecoder(path: "camera")
    let expected = planes(try decoder.decode(captured(whole)), jpegPlanes)
    let cuts = Array(stride(from: 0, to: whole.count - 200, by: 997)) + [TestJPEG.scan(whole), whole.count - 200]
    for (i, cut) in cuts.enumerated() {
      let bytes = Array(whole.prefix(cut)) + [UInt8](repeating: 0, count: padding)
      #expect(try decoder.decode(captured(bytes)) == nil, "\(cut) of \(whole.count) bytes")
      #expect(decoder.broken == i + 1)
    }
    // The frame behind a broken one is none the worse.
    #expect(try planes(decoder.decode(captured(whole)), jpegPlanes) == expected)
  }

  /// As some cameras send all of their frames.
  @Test(arguments: [0, 5000]) func theEndMarkerMayBeMissing(padding: Int) throws {
    let whole = try TestJPEG.encode(draw: textured)
    let decoder = CapturedDecoder(path: "camera")
    let expected = planes(try decoder.decode(captured(whole)), jpegPlanes)
    for missing in 1...2 {
      let bytes = Array(whole.dropLast(missing)) + [UInt8](repeating: 0, count: padding)
      #expect(try planes(decoder.decode(captured(bytes)), jpegPlanes) == expected)
    }
    #expect(decoder.broken == 0)
  }

  /// A lost transfer: the end is there, the middle is not.
  @Test(arguments: [0.1, 0.5, 0.9]) func holes(share: Double) throws {
    let whole = try TestJPEG.encode(draw: textured)
    let at = TestJPEG.scan(whole) + Int(share * Double(whole.count - TestJPEG.scan(whole)))
    let decoder = CapturedDecoder(path: "camera")
    let holed = Array(whole[..<at] + whole[min(at + 2000, whole.count - 2)...])
    #expect(try decoder.decode(captured(holed)) == nil)
    #expect(decoder.broken == 1)
  }

  @Test func paddingBehindTheEndIsNone() throws {
    let whole = try TestJPEG.encode(draw: textured)
    let decoder = CapturedDecoder(path: "camera")
    let expected = planes(try decoder.decode(captured(whole)), jpegPlanes)
    #expect(try planes(decoder.decode(captured(whole + [UInt8](repeating: 0, count: 5000))), jpegPlanes) == expected)
    #expect(decoder.broken == 0)
  }

  /// Without tables of its own a JPEG means the standard ones, also behind one that brought others.
  @Test func tablesAreNotInherited() throws {
    let standard = try TestJPEG.encode(draw: textured)
    let other = try TestJPEG.encode(standardTables: false) { x, y in UInt8((x + y) / 4) }
    let decoder = CapturedDecoder(path: "camera")
    let expected = planes(try decoder.decode(captured(standard)), jpegPlanes)
    #expect(try decoder.decode(captured(other)) != nil)
    let bare = TestJPEG.without(0xC4, standard)
    #expect(bare.count < standard.count - 300)
    #expect(try planes(decoder.decode(captured(bare)), jpegPlanes) == expected)
    #expect(decoder.broken == 0)
    #expect(try decoder.decode(captured(TestJPEG.without(0xDB, standard))) == nil)
  }

  @Test func rawFramesLoseNothing() throws {
    let (width, height) = (38, 6)
    let decoder = CapturedDecoder(path: "camera")
    let packed = (0..<width * height * 2).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 7) }
    let yuyv = planes(
      try decoder.decode(captured(packed, .yuyv, width: width, height: height)), [(38, 6), (19, 6), (19, 6)])
    #expect(yuyv[0] == stride(from: 0, to: packed.count, by: 2).map { packed[$0] })
    #expect(yuyv[1] == stride(from: 1, to: packed.count, by: 4).map { packed[$0] })
    #expect(yuyv[2] == stride(from: 3, to: packed.count, by: 4).map { packed[$0] })
    let half = Array(packed.prefix(width * height * 3 / 2))
    let nv12 = planes(
      try decoder.decode(captured(half, .nv12, width: width, height: height)), [(38, 6), (19, 3), (19, 3)])
    #expect(nv12[0] == Array(half.prefix(width * height)))
    let chroma = Array(half.dropFirst(width * height))
    #expect(nv12[1] == stride(from: 0, to: chroma.count, by: 2).map { chroma[$0] })
    #expect(nv12[2] == stride(from: 1, to: chroma.count, by: 2).map { chroma[$0] })
    #expect(decoder.broken == 0)
    #expect(try decoder.decode(captured(Array(packed.dropLast()), .yuyv, width: width, height: height)) == nil)
    #expect(try decoder.decode(captured(Array(half.dropLast()), .nv12, width: width, height: height)) == nil)
    #expect(try decoder.decode(captured(packed, .yuyv, width: 37, height: height)) == nil)
    #expect(decoder.broken == 3)
  }
}
