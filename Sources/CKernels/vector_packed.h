// Products of packed operands in registers, once, for every format; included behind vector_packed_shape.h. The including
// file defines, beside vector_math.h:
//   vs, sums_zero         the vector of sums and its zero
//   dot(sums, x, weight)  sums + the products of a lane's dwords; x and weight are vw
//   scales_of_panel, scales_of_row, scaled
//                         what turns sums into floats, see the formats
//   activation            GELU at the format's accuracy
//
// A panel of weights stays in the first or second level of the cache while all blocks of rows pass by. The sums, two
// vectors for every row of a block, with 2 vectors of a panel and 1 of a row fill the registers; a dword of a row is found
// at a constant distance from one pointer.

// One block times one panel, added to s.
FN void add_tile_sums(vs s[block_rows][2], const uint32_t *x, const uint32_t *weight, size_t dwords) {
  for (size_t start = 0; start < dwords; start += piece_dwords, x += block_rows * piece_dwords) {
#pragma clang loop unroll_count(4)
    for (size_t i = 0; i < piece_dwords; i++, weight += panel_outputs) {
      const vw low = load_dwords(weight), high = load_dwords(weight + LANES);
#pragma clang loop unroll(full)
      for (int r = 0; r < block_rows; r++) {
        const vw dword = every_lane(x[r * piece_dwords + i]);
        s[r][0] = dot(s[r][0], dword, low);
        s[r][1] = dot(s[r][1], dword, high);
      }
    }
  }
}

FN void tile_sums(vs s[block_rows][2], const uint32_t *x, const uint32_t *weight, size_t dwords) {
#pragma clang loop unroll(full)
  for (int r = 0; r < block_rows; r++) s[r][0] = s[r][1] = sums_zero();
  add_tile_sums(s, x, weight, dwords);
}

// The same as floats, with the bias.
FN void tile(vf y[block_rows][2], const uint32_t *x, const uint32_t *weight, size_t dwords, const float *bias,
             size_t columns) {
  vs s[block_rows][2];
  tile_sums(s, x, weight, dwords);
  const struct panel_scales scales = scales_of_panel(weight + dwords * panel_outputs);
  vf low = set1(0), high = set1(0);
  if (bias) {
    low = load_n(bias, columns);
    if (columns > LANES) high = load_n(bias + LANES, columns - LANES);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < block_rows; r++) {
    const struct row_scales row = scales_of_row(x + dwords * block_rows, r);
    y[r][0] = scaled(s[r][0], row, scales, 0, low);
    y[r][1] = scaled(s[r][1], row, scales, 1, high);
  }
}

// Whole tiles without GELU: from the registers.
FN void store_whole(vf t[block_rows][2], const struct ckernels_finish *finish, size_t row, size_t column, float *y,
                    size_t y_stride) {
  const float *residual = residual_of(finish, row, column);
  // Rows that repeat begin again within a block only where there are several sequences, or few rows.
  size_t left = residual ? finish->residual_rows - (finish->residual_row + row) % finish->residual_rows : 0;
#pragma clang loop unroll(full)
  for (int r = 0; r < block_rows; r++, y += y_stride) {
    if (residual) {
      store(y, add(t[r][0], load(residual)));
      store(y + LANES, add(t[r][1], load(residual + LANES)));
      residual += finish->residual_stride;
      if (--left == 0) {
        residual -= finish->residual_rows * finish->residual_stride;
        left = finish->residual_rows;
      }
    } else {
      store(y, t[r][0]);
      store(y + LANES, t[r][1]);
    }
  }
}

// Any tile, by way of memory.
FN void store_any(const vf tile[block_rows][2], const struct ckernels_finish *finish, size_t row, size_t rows,
                  size_t column, size_t columns, float *y, size_t y_stride) {
  for (size_t r = 0; r < rows; r++, y += y_stride) {
    const float *residual = residual_of(finish, row + r, column);
    for (size_t half = 0; half * LANES < columns; half++) {
      const size_t n = columns - half * LANES;
      vf v = tile[r][half];
      if (finish->gelu) v = activation(v);
      if (residual) v = add(v, load_n(residual + half * LANES, n));
      store_n(y + half * LANES, v, n);
    }
  }
}

// Asks the second-level cache for one of so many parts of a panel's dwords. While a panel passes by all blocks, each of
// them asks for its part of the panel that follows, which the processor would notice late.
FN void expect_part(const uint32_t *dwords, size_t count, size_t part, size_t parts) {
  const size_t lines = count / line_dwords;
  for (size_t i = lines * part / parts; i < lines * (part + 1) / parts; i++) {
    __builtin_prefetch(dwords + i * line_dwords, 0, 2);
  }
}

ENTRY void packed_product(const uint32_t *x, const uint32_t *weight, size_t rows, size_t outputs, size_t inner,
                          const struct ckernels_finish *finish, float *y, size_t y_stride) {
  const size_t dwords = row_dwords(inner), block = block_dwords(inner);
  const size_t panel = panel_dwords(inner), blocks = (rows + block_rows - 1) / block_rows;
  for (size_t column = 0; column < outputs; column += panel_outputs, weight += panel) {
    const size_t columns = outputs - column < panel_outputs ? outputs - column : panel_outputs;
    const float *bias = finish->bias ? finish->bias + column : NULL;
    const uint32_t *from = x;
    for (size_t row = 0; row < rows; row += block_rows, from += block) {
      const size_t count = rows - row < block_rows ? rows - row : block_rows;
      float *to = y + row * y_stride + column;
      vf t[block_rows][2];
      expect_tile(finish, row, count, column, to, y_stride);
      if (column + columns < outputs) expect_part(weight + panel, panel, row / block_rows, blocks);
      tile(t, from, weight, dwords, bias, columns);
      const int is_whole = count == block_rows && columns == panel_outputs;
      if (is_whole && !finish->gelu) {
        store_whole(t, finish, row, column, to, y_stride);
      } else {
        vf copy[block_rows][2];
#pragma clang loop unroll(full)
        for (int r = 0; r < block_rows; r++) copy[r][0] = t[r][0], copy[r][1] = t[r][1];
        if (is_whole && !finish->residual) {
          for (int r = 0; r < block_rows; r++, to += y_stride) {
            store(to, activation(copy[r][0]));
            store(to + LANES, activation(copy[r][1]));
          }
        } else {
          store_any(copy, finish, row, count, column, columns, to, y_stride);
        }
      }
    }
  }
}
