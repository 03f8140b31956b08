import Foundation
import Signal
import Testing

struct FilterBankTests {
  @Test func golden() {
  let bytes = [UInt8](try! Data(contentsOf: URL(fileURLWithPath: "/work/shared/reference/clip/speech.wav")))
  let wav: [Float] = stride(from: 44, to: bytes.count, by: 2).map { Float(Int16(bitPattern: UInt16(bytes[$0]) | UInt16(bytes[$0+1]) << 8)) / 32768 }
  let f = [UInt8](try! Data(contentsOf: URL(fileURLWithPath: "/work/shared/reference/clip/fbank.f32")))
  let want: [Float] = f.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  let bank = FilterBank()
  let t = ContinuousClock.now
  var got = bank.spectrogram(of: wav)
  for _ in 0..<10 { got = bank.spectrogram(of: wav) }
  let d = ContinuousClock.now - t
  print("ROW", d / (11*got.rows), got.rows, want.count/128)
  var worst: Float = 0, at = 0
  for i in want.indices { let e = abs(want[i]-got.values[i]); if e > worst { worst = e; at = i } }
  print("WORST", worst, at/128, at%128, want[at], got.values[at])
  #expect(worst < 1e-3)
  }
}
