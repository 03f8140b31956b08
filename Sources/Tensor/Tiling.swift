/// How an operation is cut into tiles. The same sums are made in the same order with any number of threads, on any machine
/// with the same instructions. The number of threads matters only where a result does not depend on its tile.
package struct Tiling: Equatable, Sendable {
  /// Of the whole result.
  package let rows, columns: Int
  /// Of one tile; those at the lower and right edge may be smaller.
  package let tileRows, tileColumns: Int

  package var tilesDown: Int { (rows + tileRows - 1) / tileRows }
  package var tilesAcross: Int { (columns + tileColumns - 1) / tileColumns }
  package var count: Int { rows == 0 || columns == 0 ? 0 : tilesDown * tilesAcross }

  /// The tile's place; neighbours in `tile` share rows.
  package func rowRange(_ tile: Int) -> Range<Int> {
    let start = tile / tilesAcross * tileRows
    return start..<min(start + tileRows, rows)
  }

  package func columnRange(_ tile: Int) -> Range<Int> {
    let start = tile % tilesAcross * tileColumns
    return start..<min(start + tileColumns, columns)
  }

  /// For a product with `rows`×`columns` results by OpenBLAS, which is fastest on few, large tiles (each call packs both
  /// of its operands), while threads want several. Measured on Cascade Lake: 400 rows × 512 to 1024 columns lose about
  /// 5 %.
  package static func blas(rows: Int, columns: Int) -> Tiling {
    let down = part(of: rows, atMost: 400)
    var across = part(of: columns, atMost: 1024)
    func count() -> Int { ((rows + down - 1) / down) * ((columns + across - 1) / across) }
    if count() < 4 { across = part(of: columns, atMost: 512) }
    if count() < 2 { across = part(of: columns, atMost: 256) }
    return Tiling(rows: rows, columns: columns, tileRows: down, tileColumns: across)
  }

  /// For a product by our own kernels, which cut it into blocks themselves and pack every operand of a tile: one tile for
  /// a thread alone, two a thread for several, cut along the longer side. A result does not depend on its tile.
  package static func shared(rows: Int, columns: Int, threads: Int) -> Tiling {
    let parts = threads == 1 ? 1 : 2 * threads
    func share(_ whole: Int) -> Int { part(of: whole, atMost: max((whole + parts - 1) / parts, 64)) }
    return rows >= columns
      ? Tiling(rows: rows, columns: columns, tileRows: share(rows), tileColumns: max(columns, 1))
      : Tiling(rows: rows, columns: columns, tileRows: max(rows, 1), tileColumns: share(columns))
  }

  /// For packed products, whose tiles are whole blocks of rows: as many rows as the second-level cache holds, or fewer,
  /// so that all threads have the same number of tiles. On Zen 4 half as many rows of base lose 3 to 7 % in f32, because
  /// weights pass by twice as often.
  package static func packed(rows: Int, columns: Int, block: Int, threads: Int, atMost limit: Int = 204) -> Tiling {
    let blocks = (rows + block - 1) / block
    let most = max(limit / block, 1)
    let rounds = max((blocks + threads * most - 1) / (threads * most), 1)
    let share = max((blocks + threads * rounds - 1) / (threads * rounds), 1)
    return Tiling(rows: rows, columns: columns, tileRows: share * block, tileColumns: max(columns, 1))
  }

  /// For an operation that treats every column by itself.
  package static func byColumns(_ columns: Int) -> Tiling {
    Tiling(rows: 1, columns: columns, tileRows: 1, tileColumns: 128)
  }

  /// For an operation that treats every row by itself.
  package static func byRows(_ rows: Int, columns: Int, atMost limit: Int = 100) -> Tiling {
    Tiling(rows: rows, columns: columns, tileRows: part(of: rows, atMost: limit), tileColumns: max(columns, 1))
  }

  /// For attention, whose kernel takes `atOnce` queries at once: whole groups of them, few enough for several threads.
  package static func attention(queries: Int, atOnce: Int) -> Tiling {
    Tiling(rows: queries, columns: 1, tileRows: 96 / atOnce * atOnce, tileColumns: 1)
  }

  /// Parts of equal size up to a multiple of 16, the width of a vector.
  static func part(of whole: Int, atMost limit: Int) -> Int {
    let parts = max((whole + limit - 1) / limit, 1)
    let even = (whole + parts - 1) / parts
    return max(parts == 1 ? whole : (even + 15) / 16 * 16, 1)
  }
}
