// Packing of operands that lie transposed in memory, (inner, rows) and (inner, outputs), for formats whose values need no
// scale. The including file defines, beside what vector_pack.h asks for:
//   word_of_columns(x, stride, inner, columns, planes)
//                               a word of each of LANES columns in every plane: the next DEPTH inner values, or zeros
//                               behind the last one

// Panels of `words` words of every column of x (inner, columns).
FN void pack_panels(const float *x, size_t stride, size_t inner, size_t columns, size_t words, uint32_t *packed) {
  for (size_t column = 0; column < columns; column += panel_outputs) {
    const size_t low = columns - column, high = low > LANES ? low - LANES : 0;
    for (size_t i = 0, start = 0; i < words; i += step_words, packed += (PLANES - 1) * plane_of_panel) {
      for (size_t w = 0; w < piece_words; w++, start += DEPTH, packed += panel_outputs) {
        const size_t count = start < inner ? inner - start : 0;
        const float *from = x + start * stride + column;
        vw planes[PLANES], rest[PLANES];
        word_of_columns(from, stride, count, low, planes);
        // Without values behind the last column, their address must not be formed.
        for (int p = 0; p < PLANES; p++) rest[p] = no_words();
        if (high) word_of_columns(from + LANES, stride, count, high, rest);
        for (int p = 0; p < PLANES; p++) {
          store_words(packed + p * plane_of_panel, planes[p]);
          store_words(packed + p * plane_of_panel + LANES, rest[p]);
        }
      }
    }
  }
}

ENTRY void pack_weight_columns(const float *weight, size_t stride, size_t outputs, size_t inner, uint32_t *packed) {
  pack_panels(weight, stride, inner, outputs, row_words(inner), packed);
}

ENTRY void pack_row_columns(const float *x, size_t stride, size_t rows, size_t inner, uint32_t *packed) {
  const size_t words = row_words(inner);
  for (size_t row = 0; row < rows; row += block_rows, packed += words * block_rows) {
    const size_t count = rows - row < block_rows ? rows - row : block_rows;
    for (size_t i = 0, value = 0; i < words; i += step_words, value += piece_words * DEPTH) {
      for (size_t half = 0; half < block_rows; half += LANES) {
        const size_t own = count > half ? count - half : 0;
        vw columns[PLANES][LANES];
        for (size_t w = 0; w < piece_words; w++) {
          const size_t start = value + w * DEPTH, left = own && start < inner ? inner - start : 0;
          vw planes[PLANES];
          for (int p = 0; p < PLANES; p++) planes[p] = no_words();
          // Without values there, their address must not be formed.
          if (left) word_of_columns(x + start * stride + row + half, stride, left, own, planes);
          for (int p = 0; p < PLANES; p++) columns[p][w] = planes[p];
        }
        for (int p = 0; p < PLANES; p++) {
          transpose(columns[p]);
          uint32_t *const to = packed + i * block_rows + p * plane_of_block;
          for (size_t r = half; r < block_rows && r < half + LANES; r++) {
            store_words(to + r * piece_words, columns[p][r - half]);
          }
        }
      }
    }
  }
}
