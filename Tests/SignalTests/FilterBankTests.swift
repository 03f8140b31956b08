import Foundation
import Signal
import Testing

/// Reads numbers of a file as they lie there.
func load<T>(_ url: URL, as type: T.Type) throws -> [T] {
  try Data(contentsOf: url).withUnsafeBytes { raw in
    (0..<raw.count / MemoryLayout<T>.size).map {
      raw.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)
    }
  }
}

struct FilterBankTests {
  static let golden = Bundle.module.resourceURL!.appendingPathComponent("Golden")
  /// A folder with `speech.wav` (16 kHz, mono, 16 bit, 44 bytes of header) and `fbank.f32`, Kaldi's own rows.
  static let clip = ProcessInfo.processInfo.environment["MIEN_GOLDEN_CLIP"].map { URL(fileURLWithPath: $0) }

  @Test func rowsEqualTheFormulaInDouble() throws {
    let samples = try load(Self.golden.appendingPathComponent("fbank.samples.i16"), as: Int16.self)
    let expected = try load(Self.golden.appendingPathComponent("fbank.rows.f32"), as: Float.self)
    let (rows, values) = FilterBank().spectrogram(of: samples.map { Float($0) / 32768 })
    #expect(rows == 48 && values.count == expected.count)
    let worst = zip(values, expected).map { abs($0 - $1) }.max()!
    print("filter bank: worst difference to the formula in float64 \(worst)")
    #expect(worst < 2e-5, "worst difference \(worst)")
  }

  @Test(.enabled(if: clip != nil)) func rowsEqualKaldi() throws {
    let samples = try load(Self.clip!.appendingPathComponent("speech.wav"), as: Int16.self).dropFirst(22)
    let expected = try load(Self.clip!.appendingPathComponent("fbank.f32"), as: Float.self)
    let (rows, values) = FilterBank().spectrogram(of: samples.map { Float($0) / 32768 })
    #expect(rows * FilterBank.bins == expected.count)
    let worst = zip(values, expected).map { abs($0 - $1) }.max()!
    print("filter bank: worst difference to Kaldi \(worst)")
    #expect(worst < 1e-3, "worst difference \(worst)")
  }

  @Test func onlyWholeRows() {
    let bank = FilterBank()
    for (samples, rows) in [(0, 0), (399, 0), (400, 1), (559, 1), (560, 2), (40_960, 254)] {
      let (n, values) = bank.spectrogram(of: [Float](repeating: 0, count: samples))
      #expect(n == rows && values.count == rows * 128)
    }
  }

  @Test func silenceAndBin3AreTheFloor() {
    let bank = FilterBank()
    let silence = bank.spectrogram(of: [Float](repeating: 0.25, count: 400)).values
    #expect(silence.allSatisfy { abs($0 + 15.942385) < 1e-5 })
    let noise = (0..<400).map { Float(($0 * 7919) % 101) / 101 - 0.5 }
    let row = bank.spectrogram(of: noise).values
    #expect(abs(row[3] + 15.942385) < 1e-5)
    #expect(row[2] > -15 && row[4] > -15)
  }

  @Test func twoBanksGiveTheSameBits() {
    let noise = (0..<1600).map { Float(($0 * 7919) % 1009) / 1009 - 0.5 }
    let bank = FilterBank()
    let first = bank.spectrogram(of: noise).values
    #expect(bank.spectrogram(of: noise).values == first)
    #expect(FilterBank().spectrogram(of: noise).values == first)
  }

  @Test func normalisingPadsBefore() {
    let one = Spectrogram.normalized([1, 2])
    #expect(one.count == 256 * 128)
    #expect(abs(one[0] - (1 + 4.2677393) / (2 * 4.5689974)) < 1e-6)
    #expect(abs(one[2] - 4.2677393 / (2 * 4.5689974)) < 1e-6)
    #expect(Spectrogram.normalized([Float](repeating: 0, count: 300 * 128)).count == 256 * 128)
  }
}
