// Attention in tiles, for formats whose results can be packed; included behind vector_keys.h.
//
// As with vectors, see vector_packed_attention.h; the scores of a panel of keys become powers while the next panel's are
// made.

struct powers {
  vf top[block_rows], total[block_rows];
};

// The scores of a panel of keys into powers, packed.
FN void powers_of_block(const uint32_t *sums, struct powers *own, int has_top, size_t left, uint32_t *to) {
  const vf none = set1(0);
  for (size_t r = 0; r < block_rows; r++, sums += panel_outputs, to += piece_words) {
    vf low = sums_of(sums), high = sums_of(sums + LANES);
    if (has_top) {
      // A NaN, as second operand, stays one.
      low = max2(set1(-125), sub(low, own->top[r]));
      high = max2(set1(-125), sub(high, own->top[r]));
    }
    low = power(low);
    high = power(high);
    if (left < panel_outputs) {
      low = keep_n(low, none, left);
      high = keep_n(high, none, left > LANES ? left - LANES : 0);
    }
    store_packed(to, low, high);
    own->total[r] = sum_packed(own->total[r], low, high);
  }
}

FN void tops_of_block(const uint32_t *sums, struct powers *own, size_t left) {
  for (size_t r = 0; r < block_rows; r++, sums += panel_outputs) {
    own->top[r] = max2(own->top[r], keep_n(sums_of(sums), own->top[r], left));
    own->top[r] = max2(own->top[r], keep_n(sums_of(sums + LANES), own->top[r], left > LANES ? left - LANES : 0));
  }
}

ENTRY void packed_attention(const float *q, size_t q_stride, const uint32_t *k, const uint32_t *v, float *y,
                            size_t y_stride, size_t queries, size_t keys, size_t width, float scale, float *log_sums,
                            uint32_t *scratch) {
  const size_t words = row_words(width), key_words = words_of_keys(keys);
  const size_t panel = words * panel_outputs, panels = panels_of(keys);
  const float largest_key = largest_of_keys(k, keys, width);
  uint32_t *const rows = scratch, *const powers = rows + words * block_rows;
  float *const scaled_query = (float *)(powers + key_words * block_rows);
  uint32_t sums[2][block_sums] __attribute__((aligned(64)));
  struct powers own;
  use_tiles();
  for (size_t first = 0; first < queries; first += block_rows, q += block_rows * q_stride, y += block_rows * y_stride) {
    const size_t count = queries - first < block_rows ? queries - first : block_rows;
    const float largest_query = scale_queries(q, q_stride, count, width, scale, scaled_query);
    pack_rows(scaled_query, width, count, width, rows);

    const int has_top = !(largest_query * largest_key <= SAFE_SCORE * SAFE_SCORE);
    float tops[block_rows] = {0};
    for (size_t r = 0; r < block_rows; r++) own.total[r] = set1(0), own.top[r] = set1(-INFINITY);
    if (has_top) {
      for (size_t i = 0; i < panels; i++) {
        sums_in_tiles(sums[0], rows, k + i * panel, words);
        tops_of_block(sums[0], &own, keys - i * panel_outputs);
      }
      for (size_t r = 0; r < block_rows; r++) own.top[r] = set1(tops[r] = peak(own.top[r]));
    }
    for (size_t i = 0; i <= panels; i++) {
      if (i < panels) sums_in_tiles(sums[i % 2], rows, k + i * panel, words);
      if (i == 0) continue;
      const size_t start = (i - 1) * panel_outputs;
      powers_of_block(sums[(i - 1) % 2], &own, has_top, keys - start, powers + place_of_panel(start));
    }

    float share[block_rows];
    for (size_t r = 0; r < count; r++) {
      const float whole = sum(own.total[r]);
      share[r] = 1 / whole;
      if (log_sums) log_sums[first + r] = tops[r] * ln_2 + logf(whole);
    }
    for (size_t column = 0; column < width; column += panel_outputs) {
      sums_in_tiles(sums[0], powers, v + column / panel_outputs * key_words * panel_outputs, key_words);
      const size_t left = width - column;
      for (size_t r = 0; r < count; r++) {
        const vf factor = set1(share[r]);
        const uint32_t *const from = sums[0] + r * panel_outputs;
        store_n(y + r * y_stride + column, mul(sums_of(from), factor), left);
        if (left > LANES) store_n(y + r * y_stride + column + LANES, mul(sums_of(from + LANES), factor), left - LANES);
      }
    }
  }
  leave_tiles();
}
