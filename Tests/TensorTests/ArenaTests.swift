import Tensor
import Testing

@Suite struct ArenaTests {
  @Test func growsOnlyTheFirstTime() {
    let arena = Arena(blockCount: 1000)
    var places: [[UnsafeMutablePointer<Float>]] = []
    for _ in 0..<4 {
      arena.reset()
      var these: [UnsafeMutablePointer<Float>] = []
      for size in [10, 500, 600, 3000, 7, 900] { these.append(arena.matrix(rows: 1, columns: size).base) }
      let mark = arena.mark
      for size in [2000, 30] { these.append(arena.matrix(rows: 1, columns: size).base) }
      arena.reset(to: mark)
      these.append(arena.matrix(rows: 1, columns: 2000).base)
      places.append(these)
    }
    #expect(places.allSatisfy { $0 == places[0] })
    #expect(places[0][6] == places[0][8])
    #expect(arena.growth == 6)
  }

  @Test func matricesAreDisjointAndAligned() {
    let arena = Arena(blockCount: 512)
    let matrices = (1..<40).map { arena.matrix(rows: $0, columns: 7) }
    for (index, matrix) in matrices.enumerated() {
      for row in 0..<matrix.rows { for column in 0..<7 { matrix[row, column] = Float(index) } }
    }
    for (index, matrix) in matrices.enumerated() {
      #expect(matrix.array.allSatisfy { $0 == Float(index) })
      #expect(Int(bitPattern: matrix.base) % 64 == 0)
    }
  }
}
