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

  /// A view finds the matrix that it is a part of; what was given back is forgotten, and its place is found anew.
  @Test func logOfWhatWasTaken() {
    let arena = Arena(blockCount: 1000)
    let before = arena.matrix(rows: 2, columns: 3)
    arena.keepsLog = true
    let first = arena.matrix(rows: 10, columns: 30)
    let mark = arena.mark
    for size in [400, 900, 5000] { _ = arena.matrix(rows: 1, columns: size) }
    arena.reset(to: mark)
    let second = arena.matrix(rows: 4, columns: 150)
    let third = arena.matrix(rows: 4, columns: 200)
    arena.keepsLog = false
    let unlogged = arena.matrix(rows: 1, columns: 8)

    #expect(arena.allocation(of: first.rows(9..<10).columns(29..<30))?.number == 0)
    #expect(arena.allocation(of: second.columns(100..<150))?.number == 1)
    #expect(arena.allocation(of: third)?.number == 2 && arena.allocation(of: third)?.count == 800)
    #expect(arena.allocation(of: before) == nil && arena.allocation(of: unlogged) == nil)
    #expect(arena.allocation(of: Matrix(rows: 1, columns: 1)) == nil)
    arena.reset()
    #expect(arena.allocation(of: first) == nil)
  }
}
