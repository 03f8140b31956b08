/// Reads the marker segments of a JPEG without decoding it (ISO/IEC 10918-1, annex B).
struct JPEGStructure: Equatable {
  /// Whether it brings its own tables; many cameras leave out the Huffman tables.
  var hasQuantization = false
  var hasHuffman = false
  /// Where the picture ends, padding left out; nil: there is no coded picture.
  var end: Int?

  init(_ bytes: [UInt8]) {
    guard bytes.count >= 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else { return }
    var at = 2
    while at + 4 <= bytes.count {
      guard bytes[at] == 0xFF else { return }
      let marker = bytes[at + 1]
      // Any number of fill bytes may stand before a marker.
      if marker == 0xFF {
        at += 1
        continue
      }
      if marker == 0xDB { hasQuantization = true }
      if marker == 0xC4 { hasHuffman = true }
      at += 2 + Int(bytes[at + 2]) << 8 + Int(bytes[at + 3])
      if marker == 0xDA { break }
    }
    guard at < bytes.count else { return }
    // From the end, because what follows the end marker is padding. In the coded picture 0xFF is followed by 0 or by a
    // restart marker, so that this pair can be nothing else.
    if let marker = (at..<bytes.count - 1).last(where: { bytes[$0] == 0xFF && bytes[$0 + 1] == 0xD9 }) {
      end = marker + 2
      return
    }
    // Some cameras leave the marker out. Zeros would be decoded as if they were the rest of a cut picture; one may
    // belong to it.
    let last = (at..<bytes.count).last { bytes[$0] != 0 } ?? at
    end = min(last + 2, bytes.count)
  }
}
