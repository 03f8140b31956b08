import Foundation
import Testing

@testable import Media

@Suite struct ByteCursorTests {
  /// What is read next, at most so many bytes.
  private func next(_ cursor: inout ByteCursor, _ count: Int) -> [UInt8] {
    var target = [UInt8](repeating: 99, count: 8)
    let found = target.withUnsafeMutableBytes { cursor.read(into: $0.baseAddress!, count) }
    #expect(target[found...].allSatisfy { $0 == 99 })
    return Array(target[..<found])
  }

  @Test func readsToTheEnd() {
    var cursor = ByteCursor([1, 2, 3, 4, 5])
    #expect(next(&cursor, 2) == [1, 2] && next(&cursor, 0) == [] && next(&cursor, -1) == [])
    #expect(next(&cursor, 8) == [3, 4, 5] && next(&cursor, 8) == [] && cursor.position == 5)
    var empty = ByteCursor([])
    #expect(next(&empty, 8) == [] && empty.seek(0, SEEK_END) == 0)
  }

  @Test func seeksWhereThereIsAPlace() {
    var cursor = ByteCursor([1, 2, 3, 4, 5])
    #expect(cursor.seek(3, SEEK_SET) == 3 && cursor.seek(-2, SEEK_CUR) == 1 && next(&cursor, 1) == [2])
    #expect(cursor.seek(-1, SEEK_END) == 4 && next(&cursor, 8) == [5])
    // Behind the end there is nothing to read.
    #expect(cursor.seek(7, SEEK_SET) == 7 && cursor.position == 5 && next(&cursor, 8) == [])
    #expect(cursor.seek(2, SEEK_SET) == 2)
    #expect(cursor.seek(-3, SEEK_CUR) == nil && cursor.seek(.max, SEEK_CUR) == nil && cursor.seek(0, 77) == nil)
    // A place that there is not moves nothing.
    #expect(cursor.position == 2)
  }
}
