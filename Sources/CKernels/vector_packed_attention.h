// Attention on packed operands in registers, once, for formats whose results can be packed; included behind vector_packed.h
// and vector_keys.h. The including file defines, beside what they ask for:
//   power(x)                     2^x at the format's accuracy, −125 ≤ x ≤ 100
//   store_packed(to, low, high)  a panel's neighbours of one row into its dwords
//   sum_packed(total, low, high) a vector of sums of what store_packed keeps of them
//
// A block of queries goes panel by panel through all keys: the scores of a tile become powers of two while they are in
// registers, and only these are written, packed as rows (queries, keys), which fit the first or second level of the cache.
//
// No largest score is needed where none can be large: |q·k| ≤ |q|·|k|, and powers of up to ±SAFE_SCORE, and sums of them,
// are floats. Blocks where more is possible go through the keys twice.

FN void powers_of_tile(vf s[block_rows][2], const vf top[block_rows], size_t left, uint32_t *to, vf total[block_rows]) {
  const vf none = set1(0);
#pragma clang loop unroll(full)
  for (int r = 0; r < block_rows; r++) {
    vf low = s[r][0], high = s[r][1];
    if (top) {
      // A NaN, as second operand, stays one.
      low = max2(set1(-125), sub(low, top[r]));
      high = max2(set1(-125), sub(high, top[r]));
    }
    low = power(low);
    high = power(high);
    if (left < panel_outputs) {
      low = keep_n(low, none, left);
      high = keep_n(high, none, left > LANES ? left - LANES : 0);
    }
    store_packed(to + r * piece_dwords, low, high);
    total[r] = sum_packed(total[r], low, high);
  }
}

ENTRY void packed_attention(const float *q, size_t q_stride, const uint32_t *k, const uint32_t *v, float *y,
                            size_t y_stride, size_t queries, size_t keys, size_t width, float scale, float *log_sums,
                            uint32_t *scratch) {
  const size_t dwords = row_dwords(width), key_dwords = dwords_of_keys(keys);
  const size_t panel = dwords * panel_outputs, panels = panels_of(keys);
  const float largest_key = largest_of_keys(k, keys, width);
  uint32_t *const rows = scratch, *const powers = rows + dwords * block_rows;
  float *const scaled_query = (float *)(powers + key_dwords * block_rows);
  for (size_t first = 0; first < queries; first += block_rows, q += block_rows * q_stride, y += block_rows * y_stride) {
    const size_t count = queries - first < block_rows ? queries - first : block_rows;
    float strange[block_rows];
    const float largest_query = scale_queries(q, q_stride, count, width, scale, largest_key, scaled_query, strange);
    pack_rows(scaled_query, width, count, width, rows);

    vf total[block_rows];
    float tops[block_rows] = {0};
#pragma clang loop unroll(full)
    for (int r = 0; r < block_rows; r++) total[r] = set1(0);
    if (largest_query * largest_key <= SAFE_SCORE * SAFE_SCORE) {
      for (size_t i = 0; i < panels; i++) {
        vf s[block_rows][2];
        tile_sums(s, rows, k + i * panel, dwords);
        powers_of_tile(s, NULL, keys - i * panel_outputs, powers + place_of_panel(i * panel_outputs), total);
      }
    } else {
      vf top[block_rows];
#pragma clang loop unroll(full)
      for (int r = 0; r < block_rows; r++) top[r] = set1(-INFINITY);
      for (size_t i = 0; i < panels; i++) {
        vf s[block_rows][2];
        tile_sums(s, rows, k + i * panel, dwords);
        const size_t left = keys - i * panel_outputs;
#pragma clang loop unroll(full)
        for (int r = 0; r < block_rows; r++) {
          top[r] = max2(top[r], keep_n(s[r][0], top[r], left));
          top[r] = max2(top[r], keep_n(s[r][1], top[r], left > LANES ? left - LANES : 0));
        }
      }
      for (int r = 0; r < block_rows; r++) top[r] = set1(tops[r] = peak(top[r]));
      for (size_t i = 0; i < panels; i++) {
        vf s[block_rows][2];
        tile_sums(s, rows, k + i * panel, dwords);
        powers_of_tile(s, top, keys - i * panel_outputs, powers + place_of_panel(i * panel_outputs), total);
      }
    }

    float share[block_rows];
    for (size_t r = 0; r < count; r++) {
      const float whole = sum(total[r]) + strange[r];
      share[r] = 1 / whole;
      if (log_sums) log_sums[first + r] = tops[r] * ln_2 + logf(whole);
    }
    for (size_t column = 0; column < width; column += panel_outputs) {
      vf s[block_rows][2];
      tile_sums(s, powers, v + column / panel_outputs * key_dwords * panel_outputs, key_dwords);
      // By way of memory, where rows can be counted.
      vf copy[block_rows][2];
#pragma clang loop unroll(full)
      for (int r = 0; r < block_rows; r++) copy[r][0] = s[r][0], copy[r][1] = s[r][1];
      const size_t left = width - column;
      for (size_t r = 0; r < count; r++) {
        const vf factor = set1(share[r]);
        store_n(y + r * y_stride + column, mul(copy[r][0], factor), left);
        if (left > LANES) store_n(y + r * y_stride + column + LANES, mul(copy[r][1], factor), left - LANES);
      }
    }
  }
}

ENTRY size_t packed_attention_dwords(size_t keys, size_t width) {
  return block_rows * (row_dwords(width) + dwords_of_keys(keys) + width);
}
