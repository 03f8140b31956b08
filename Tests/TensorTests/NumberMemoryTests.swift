import Tensor
import Testing

@Suite struct NumberMemoryTests {
  /// Zero also where the memory was somebody's before, and on whole cache lines; of large ones on whole large pages.
  @Test(arguments: [0, 1, 15, 1000, 524_287, 524_288, 700_001]) func zerosOnCacheLines(count: Int) {
    for _ in 0..<8 {
      let buffer = FloatBuffer(count: count)
      #expect(Int(bitPattern: buffer.base) % (count < 524_288 ? 64 : 2 << 20) == 0)
      #expect(buffer.array.allSatisfy { $0 == 0 })
      for index in 0..<count { buffer.base[index] = 1 }
    }
  }
}
