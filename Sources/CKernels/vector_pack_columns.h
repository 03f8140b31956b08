// Packing of operands that lie transposed in memory, (inner, rows) and (inner, outputs), for formats whose values need no
// scale. The including file defines, beside what vector_pack.h asks for:
//   dword_of_columns(x, stride, inner, columns, planes)
//                               a dword of each of LANES columns in every plane: the next DEPTH inner values, or zeros
//                               behind the last one

// Both go through the rows of memory side by side, a piece's rows at a time: read along columns, every line would be waited
// for, because processors foresee reads that go on, not such that leap.

// A step of dwords of one panel: columns from x (inner, columns) on.
FN void pack_panel_step(const float *x, size_t stride, size_t inner, size_t columns, uint32_t *packed) {
  const size_t high = columns > LANES ? columns - LANES : 0;
  for (size_t w = 0, start = 0; w < piece_dwords; w++, start += DEPTH, packed += panel_outputs) {
    const size_t left = start < inner ? inner - start : 0;
    vw low_dwords[PLANES], high_dwords[PLANES];
    for (int p = 0; p < PLANES; p++) low_dwords[p] = high_dwords[p] = no_dwords();
    // Without values there, their address must not be formed.
    if (left) {
      const float *from = x + start * stride;
      for (size_t d = 0; d < DEPTH; d++) expect_values(from, d * stride + 2 * panel_outputs, panel_outputs);
      dword_of_columns(from, stride, left, columns, low_dwords);
    }
    if (left && high) dword_of_columns(x + start * stride + LANES, stride, left, high, high_dwords);
    for (int p = 0; p < PLANES; p++) {
      store_dwords(packed + p * plane_of_panel, low_dwords[p]);
      store_dwords(packed + p * plane_of_panel + LANES, high_dwords[p]);
    }
  }
}

// Panels of `dwords` dwords of every column of x (inner, columns).
FN void pack_panels(const float *x, size_t stride, size_t inner, size_t columns, size_t dwords, uint32_t *packed) {
  for (size_t i = 0, value = 0; i < dwords; i += step_dwords, value += piece_dwords * DEPTH) {
    const size_t start = value < inner ? value : inner;
    uint32_t *to = packed + i * panel_outputs;
    for (size_t column = 0; column < columns; column += panel_outputs, to += dwords * panel_outputs) {
      pack_panel_step(start < inner ? x + start * stride + column : x, stride, inner - start, columns - column, to);
    }
  }
}

ENTRY void pack_weight_columns(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed) {
  pack_panels(weight, stride, inner, outputs, row_dwords(inner), packed);
}

// A step of dwords of one block: rows are columns from x (inner, rows) on.
FN void pack_block_step(const float *x, size_t stride, size_t inner, size_t rows, uint32_t *packed) {
  for (size_t half = 0; half < block_rows; half += LANES) {
    const size_t own = rows > half ? rows - half : 0;
    vw columns[PLANES][LANES];
    for (size_t w = 0; w < piece_dwords; w++) {
      const size_t start = w * DEPTH, left = own && start < inner ? inner - start : 0;
      vw planes[PLANES];
      for (int p = 0; p < PLANES; p++) planes[p] = no_dwords();
      if (left) {
        const float *from = x + start * stride + half;
        for (size_t d = 0; d < DEPTH; d++) expect_values(from, (piece_dwords * DEPTH + d) * stride, LANES);
        dword_of_columns(from, stride, left, own, planes);
      }
      for (int p = 0; p < PLANES; p++) columns[p][w] = planes[p];
    }
    for (int p = 0; p < PLANES; p++) {
      transpose(columns[p]);
      uint32_t *const to = packed + p * plane_of_block;
      for (size_t r = half; r < block_rows && r < half + LANES; r++) {
        store_dwords(to + r * piece_dwords, columns[p][r - half]);
      }
    }
  }
}

ENTRY void pack_row_columns(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed) {
  const size_t dwords = row_dwords(inner);
  for (size_t i = 0, value = 0; i < dwords; i += step_dwords, value += piece_dwords * DEPTH) {
    uint32_t *to = packed + i * block_rows;
    for (size_t row = 0; row < rows; row += block_rows, to += dwords * block_rows) {
      pack_block_step(x + value * stride + row, stride, inner - value, rows - row, to);
    }
  }
}
