// Where things lie in packed operands and results, once, for every format. The including file defines, beside
// vector_math.h:
//   DEPTH, BLOCK_ROWS     values a dword, rows a block
//   PLANES                dwords that a value is split into: 1, or 3 where it is the sum of three bf16
//
// A piece lies plane behind plane: (PLANES, block_rows, piece_dwords) in a block, (PLANES, piece_dwords, panel_outputs) in
// a panel.

enum {
  block_rows = BLOCK_ROWS,
  panel_outputs = 2 * LANES,
  piece_dwords = LANES,
  // Words of one row or output from piece to piece.
  step_dwords = PLANES * piece_dwords,
  plane_of_block = block_rows * piece_dwords,
  plane_of_panel = piece_dwords * panel_outputs,
};

// Words of a row of so many values, of a block of such rows, of a panel of such outputs.
FN size_t row_dwords(size_t inner) { return PLANES * dwords_of(inner, DEPTH, piece_dwords); }
FN size_t block_dwords(size_t inner) { return row_dwords(inner) * block_rows + block_tail(DEPTH, block_rows); }
FN size_t panel_dwords(size_t inner) { return row_dwords(inner) * panel_outputs + panel_tail(DEPTH, panel_outputs); }

// Asks for `count` values that lie so many behind x, for packing, which leaps from row to row: processors foresee only reads
// that go on. There may be none any more, so this is no address that C would let us form; to ask does no harm.
FN void expect_values(const float *x, size_t behind, size_t count) {
  const uintptr_t from = (uintptr_t)x + behind * sizeof *x;
  for (size_t i = 0; i < count; i += line_dwords) __builtin_prefetch((const void *)(from + i * sizeof *x));
}

FN size_t panels_of(size_t outputs) { return (outputs + panel_outputs - 1) / panel_outputs; }

// Where row r of a block finds its residual: NULL where there is none.
FN const float *residual_of(const struct ckernels_finish *finish, size_t row, size_t column) {
  if (!finish->residual) return NULL;
  return finish->residual + (finish->residual_row + row) % finish->residual_rows * finish->residual_stride + column;
}

// Asks for the lines of a tile of results while its sums are made: to write, and to add where there is a residual.
FN void expect_tile(const struct ckernels_finish *finish, size_t row, size_t rows, size_t column, float *y,
                    size_t y_stride) {
  const float *residual = residual_of(finish, row, column);
  for (size_t r = 0; r < rows; r++, y += y_stride) {
    for (size_t line = 0; line < panel_outputs; line += line_dwords) {
      __builtin_prefetch(y + line, 1);
      if (residual && residual != y) __builtin_prefetch(residual + r * finish->residual_stride + line);
    }
  }
}
