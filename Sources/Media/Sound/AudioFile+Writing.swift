internal import CSndfile
internal import Files
internal import Glibc
internal import Signal

extension AudioFile {
  /// Writes 16 kHz mono samples as FLAC of 16 bits; n / 32768 comes back exactly, a NaN as 0. The file gets its name when
  /// it is whole.
  /// - Throws: `MediaError` of kind `.cannotWrite`; then no file is left.
  public static func write16k(_ samples: [Float], to path: String) throws {
    let draft = path + ".partial"
    var info = SF_INFO()
    (info.samplerate, info.channels) = (Int32(AudioChunk.rate), 1)
    info.format = Int32(SF_FORMAT_FLAC) | Int32(SF_FORMAT_PCM_16)
    func failure(_ message: String, _ code: Int32) -> MediaError {
      MediaError(
        library: "libsndfile", operation: "write", code: Int(code), message: message, path: path, kind: .cannotWrite)
    }
    // FLAC's encoder does not say why it cannot write; the system does.
    errno = 0
    func failed(_ message: String, _ code: Int32) -> MediaError {
      let said = errno == 0 ? nil : MediaError.system("write", path: path, kind: .cannotWrite)
      unlink(draft)
      return said ?? failure(message, code)
    }
    guard let file = sf_open(draft, Int32(SFM_WRITE), &info) else {
      throw failed(String(cString: sf_strerror(nil)), sf_error(nil))
    }
    let whole = samples.map { $0.isNaN ? 0 : Int16(min(max(($0 * 32768).rounded(), -32768), 32767)) }
    let written = sf_writef_short(file, whole, sf_count_t(whole.count))
    let message = String(cString: sf_strerror(file))
    let code = sf_close(file)
    guard written == whole.count, code == 0 else {
      throw failed(written == whole.count ? String(cString: sf_error_number(code)) : message, code)
    }
    guard rename(draft, path) == 0 else { throw MediaError.system("write", path: path, kind: .cannotWrite) }
  }
}
