// Attention in tiles, once, for formats whose results can be packed; included behind amx_tiles.h and vector_keys.h. The
// including file defines, beside what they ask for:
//   power(x)                     2^x at the format's accuracy, −125 ≤ x ≤ 100
//   store_packed(to, low, high)  a panel's neighbours of one row into its dwords
//   sum_stored(total, packed, low, high)
//                                a vector of sums of what store_packed has just kept of them
//
// As with vectors, see vector_packed_attention.h, but that products and powers take turns: while a panel of keys is
// multiplied, and the values of a few panels before it, the scores of the last panel become powers, some rows behind
// every instruction for tiles. Results are summed up in memory, which a tile visits for some panels at once.

enum { panels_at_once = 4 };

struct powers {
  vf top[block_rows], total[block_rows];
  // Of a panel: its scores, the next row, the keys that are left, where the row's powers go.
  const uint32_t *sums;
  size_t row, left;
  // Rows behind a product, and those that are due, in parts of a row.
  size_t each, due;
  int has_top;
  uint32_t *to;
};

FN void next_powers(struct powers *own) {
  const size_t r = own->row++;
  vf low = sums_of(own->sums + r * panel_outputs), high = sums_of(own->sums + r * panel_outputs + LANES);
  if (own->has_top) {
    // A NaN, as second operand, stays one.
    low = max2(set1(-125), sub(low, own->top[r]));
    high = max2(set1(-125), sub(high, own->top[r]));
  }
  low = power(low);
  high = power(high);
  if (own->left < panel_outputs) {
    low = keep_n(low, set1(0), own->left);
    high = keep_n(high, set1(0), own->left > LANES ? own->left - LANES : 0);
  }
  uint32_t *const to = own->to + r * piece_dwords;
  store_packed(to, low, high);
  own->total[r] = sum_stored(own->total[r], to, low, high);
}

FN void some_powers(void *powers) {
  struct powers *const own = powers;
  for (own->due += own->each; own->due >= parts_of_row && own->row < block_rows; own->due -= parts_of_row) {
    next_powers(own);
  }
}

FN void tops_of_block(const uint32_t *sums, vf top[block_rows], size_t left) {
  for (size_t r = 0; r < block_rows; r++, sums += panel_outputs) {
    top[r] = max2(top[r], keep_n(sums_of(sums), top[r], left));
    top[r] = max2(top[r], keep_n(sums_of(sums + LANES), top[r], left > LANES ? left - LANES : 0));
  }
}

ENTRY void packed_attention(const float *q, size_t q_stride, const uint32_t *k, const uint32_t *v, float *y,
                            size_t y_stride, size_t queries, size_t keys, size_t width, float scale, float *log_sums,
                            uint32_t *scratch) {
  const size_t dwords = row_dwords(width), key_dwords = dwords_of_keys(keys);
  const size_t panel = dwords * panel_outputs, panels = panels_of(keys), column_panels = panels_of(width);
  const float largest_key = largest_of_keys(k, keys, width);
  uint32_t *const rows = scratch, *const weights = rows + dwords * block_rows;
  uint32_t *const results = weights + key_dwords * block_rows;
  float *const scaled_query = (float *)(results + column_panels * block_sums);
  uint32_t sums[2][block_sums] __attribute__((aligned(64)));
  use_tiles();
  for (size_t first = 0; first < queries; first += block_rows, q += block_rows * q_stride, y += block_rows * y_stride) {
    const size_t count = queries - first < block_rows ? queries - first : block_rows;
    float strange[block_rows];
    const float largest_query = scale_queries(q, q_stride, count, width, scale, largest_key, scaled_query, strange);
    pack_rows(scaled_query, width, count, width, rows);

    struct powers own = {.row = block_rows, .has_top = !(largest_query * largest_key <= SAFE_SCORE * SAFE_SCORE)};
    float tops[block_rows] = {0};
    for (size_t r = 0; r < block_rows; r++) own.total[r] = set1(0), own.top[r] = set1(-INFINITY);
    if (own.has_top) {
      for (size_t i = 0; i < panels; i++) {
        sums_in_tiles(sums[0], rows, k + i * panel, dwords);
        tops_of_block(sums[0], own.top, keys - i * panel_outputs);
      }
      for (size_t r = 0; r < block_rows; r++) own.top[r] = set1(tops[r] = peak(own.top[r]));
    }

    // The next part of the results: of these panels of keys, these columns.
    size_t next = 0, column = 0;
    for (size_t i = 0; next < panels; i++) {
      const size_t until = next + panels_at_once < panels ? next + panels_at_once : panels;
      // Powers of the panel before the last one are there.
      const int has_values = i > until;
      const size_t pieces = (i < panels ? dwords / step_dwords : 0) + (has_values ? until - next : 0);
      const size_t products = products_a_piece * pieces;
      own.each = products ? ((block_rows - own.row) * parts_of_row + products - 1) / products : 0;
      if (i < panels) {
        zero_tiles();
        for (size_t w = 0; w < dwords; w += step_dwords) {
          add_piece(rows + w * block_rows, k + i * panel + w * panel_outputs, some_powers, &own);
        }
        store_tiles(sums[i % 2]);
      }
      if (has_values) {
        uint32_t *const to = results + column * block_sums;
        if (next) {
          load_tiles(to);
        } else {
          zero_tiles();
        }
        const uint32_t *const values = v + column * key_dwords * panel_outputs;
        for (size_t w = next * step_dwords; w < until * step_dwords; w += step_dwords) {
          add_piece(weights + w * block_rows, values + w * panel_outputs, some_powers, &own);
        }
        store_tiles(to);
        if (++column == column_panels) column = 0, next = until;
      }
      while (own.row < block_rows) next_powers(&own);
      own.due = 0;
      if (i < panels) {
        own.sums = sums[i % 2];
        own.row = 0;
        own.left = keys - i * panel_outputs;
        own.to = weights + place_of_panel(i * panel_outputs);
      }
    }

    for (size_t r = 0; r < count; r++) {
      const float whole = sum(own.total[r]) + strange[r];
      const vf share = set1(1 / whole);
      if (log_sums) log_sums[first + r] = tops[r] * ln_2 + logf(whole);
      for (size_t i = 0; i < width; i += LANES) {
        const uint32_t *const from = results + i / panel_outputs * block_sums + r * panel_outputs + i % panel_outputs;
        store_n(y + r * y_stride + i, mul(sums_of(from), share), width - i);
      }
    }
  }
  leave_tiles();
}

ENTRY size_t packed_attention_dwords(size_t keys, size_t width) {
  return block_rows * (row_dwords(width) + dwords_of_keys(keys) + width) + panels_of(width) * block_sums;
}
