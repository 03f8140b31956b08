// Packing of rows and of weights, once, for every format; included behind vector_packed_shape.h. The including file
// defines, beside what that asks for:
//   struct rounding             how a row becomes dwords
//   rounding_of_row, rounding_of_weight   (x, inner)
//   piece(x, left, rounding, planes)   LANES dwords of the values x[0..<left] in every plane; zeros behind them
//   row_tail, weight_tail       (tail, index, rounding): what stands behind a block or a panel
//   transpose(x)                LANES rows of LANES dwords become columns

// A block of up to block_rows rows, each rounded as `rounding_of` says of it.
FN void pack_block(const float *x, size_t stride, size_t count, size_t inner,
                   struct rounding (*rounding_of)(const float *x, size_t inner), uint32_t *packed) {
  const size_t dwords = row_dwords(inner);
  uint32_t *const tail = packed + dwords * block_rows;
  if (block_tail(DEPTH, block_rows)) memset(tail, 0, block_tail(DEPTH, block_rows) * sizeof *tail);
  for (size_t r = 0; r < block_rows; r++) {
    uint32_t *const to = packed + r * piece_dwords;
    if (r >= count) {
      for (size_t i = 0; i < dwords; i += piece_dwords) memset(to + i * block_rows, 0, piece_dwords * sizeof *to);
      continue;
    }
    const float *from = x + r * stride;
    const struct rounding rounding = rounding_of(from, inner);
    row_tail(tail, r, rounding);
    for (size_t i = 0, value = 0; i < dwords; i += step_dwords, value += piece_dwords * DEPTH) {
      vw planes[PLANES];
      expect_values(from + value, 2 * stride, piece_dwords * DEPTH);
      piece(from + value, inner - value, rounding, planes);
#pragma clang loop unroll(full)
      for (int p = 0; p < PLANES; p++) store_dwords(to + i * block_rows + p * plane_of_block, planes[p]);
    }
  }
}

ENTRY void pack_rows(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed) {
  for (size_t row = 0; row < rows; row += block_rows, packed += block_dwords(inner)) {
    const size_t count = rows - row < block_rows ? rows - row : block_rows;
    pack_block(x + row * stride, stride, count, inner, rounding_of_row, packed);
  }
}

ENTRY void pack_weight(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed) {
  const size_t dwords = row_dwords(inner), panel = panel_dwords(inner);
  for (size_t first = 0; first < outputs; first += panel_outputs, packed += panel) {
    uint32_t *const tail = packed + dwords * panel_outputs;
    if (panel_tail(DEPTH, panel_outputs)) memset(tail, 0, panel_tail(DEPTH, panel_outputs) * sizeof *tail);
    for (size_t half = 0; half < panel_outputs; half += LANES) {
      const size_t start = first + half;
      const size_t count = start >= outputs ? 0 : outputs - start < LANES ? outputs - start : LANES;
      struct rounding rounding[LANES];
      for (size_t r = 0; r < count; r++) {
        rounding[r] = rounding_of_weight(weight + (start + r) * stride, inner);
        weight_tail(tail, half + r, rounding[r]);
      }
      for (size_t i = 0, value = 0; i < dwords; i += step_dwords, value += piece_dwords * DEPTH) {
        vw rows[PLANES][LANES];
        for (size_t r = 0; r < LANES; r++) {
          vw planes[PLANES];
          if (r < count) {
            const float *from = weight + (start + r) * stride + value;
            expect_values(from, LANES * stride, piece_dwords * DEPTH);
            piece(from, inner - value, rounding[r], planes);
          } else {
            for (int p = 0; p < PLANES; p++) planes[p] = no_dwords();
          }
          for (int p = 0; p < PLANES; p++) rows[p][r] = planes[p];
        }
        for (int p = 0; p < PLANES; p++) {
          transpose(rows[p]);
          uint32_t *const to = packed + i * panel_outputs + p * plane_of_panel + half;
          for (size_t w = 0; w < piece_dwords; w++) store_dwords(to + w * panel_outputs, rows[p][w]);
        }
      }
    }
  }
}
