// Attention in 8-bit integers; included behind vector_int8.h.
//
// Keys and values are packed without their mean over all keys: the same vector taken off every key changes no weight of
// a softmax, and as weights add up to 1, the values' mean can be added to the result. Bytes then need not hold it.
// A block of queries goes through all keys for its scores, which become bytes once each row's largest is known.
#include "avx512_int8_powers.h"

// Queries have a scale of their own each, but all this for a zero, so that keys know what it takes away.
static const float query_zero = 128;

// Behind a panel of values: scale, and the mean.
FN size_t values_panel(size_t keys) { return row_words(keys) * panel_outputs + 2 * panel_outputs; }

// Of each of up to LANES columns of x (rows, columns).
FN vf mean_of_columns(const float *x, size_t stride, size_t rows, size_t columns) {
  vf total = set1(0);
  for (size_t row = 0; row < rows; row++) total = add(total, load_n(x + row * stride, columns));
  return mul(total, set1(1 / (float)rows));
}

// Behind a panel stand, instead of scale · Σ p, the whole numbers −query_zero · Σ p, where its sums begin. Behind the last
// panel is room for a panel's keys without their mean, and for the mean.
ENTRY void pack_keys(const float *k, size_t stride, size_t keys, size_t width, uint32_t *packed) {
  const size_t panel = panel_words(width);
  float *const own = (float *)(packed + panels_of(keys) * panel), *const mean = own + panel_outputs * width;
  int is_strange = 0;
  for (size_t i = 0; i < width; i += LANES) {
    const vf means = mean_of_columns(k + i, stride, keys, width - i);
    store_n(mean + i, means, width - i);
    is_strange |= has_nan(sub(means, means));
  }
  for (size_t first = 0; first < keys; first += panel_outputs, packed += panel) {
    const size_t count = keys - first < panel_outputs ? keys - first : panel_outputs;
    for (size_t row = 0; row < count; row++) {
      const float *key = k + (first + row) * stride;
      for (size_t i = 0; i < width; i += LANES) {
        store_n(own + row * width + i, sub(load_n(key + i, width - i), load_n(mean + i, width - i)), width - i);
      }
    }
    pack_weight(own, width, count, width, packed);
    uint32_t *const tail = packed + row_words(width) * panel_outputs;
    const struct panel_scales scales = scales_of_panel(tail);
    for (size_t half = 0; half < 2; half++) {
      const vf sums = where_less(set1(0), scales.scale[half], divide(scales.sum[half], scales.scale[half]), set1(0));
      store_words(tail + panel_outputs + half * LANES, _mm512_cvtps_epi32(mul(whole(sums), set1(-query_zero))));
    }
    // A weight is finite; of a key that is not, every query must learn.
    if (is_strange) store((float *)tail, set1(NAN));
  }
}

// One half of a panel of values: LANES columns, of which so many are there.
FN void pack_half(const float *v, size_t stride, size_t keys, size_t columns, uint32_t *words, float *tail) {
  const vf mean = mean_of_columns(v, stride, keys, columns);
  vf largest = set1(0);
  for (size_t key = 0; key < keys; key++) {
    largest = max2(largest, magnitude(sub(load_n(v + key * stride, columns), mean)));
  }
  // A mean that is not finite makes all NaN.
  const vf scale = add(mul(largest, set1(1.0f / WEIGHT_LIMIT)), sub(mean, mean));
  const vf factor = where_less(set1(FLT_MIN), scale, divide(set1(1), scale), set1(0));
  for (size_t first = 0; first < keys; first += piece_keys) {
    for (size_t word = 0; word < piece_words; word++, words += panel_outputs) {
      vw both = no_words();
#pragma clang loop unroll(full)
      for (size_t byte = 0; byte < DEPTH; byte++) {
        const size_t key = first + byte * LANES + word;
        if (key >= keys) continue;
        const vw number = _mm512_cvtps_epi32(mul(sub(load_n(v + key * stride, columns), mean), factor));
        const vw low = _mm512_and_si512(number, every_lane(255));
        both = _mm512_or_si512(both, _mm512_slli_epi32(low, (unsigned)(8 * byte)));
      }
      store_words(words, both);
    }
  }
  store(tail, scale);
  store(tail + panel_outputs, mean);
}

ENTRY void pack_values(const float *v, size_t stride, size_t keys, size_t width, uint32_t *packed) {
  const size_t words = row_words(keys);
  for (size_t column = 0; column < width; column += panel_outputs, packed += values_panel(keys)) {
    float *const tail = (float *)(packed + words * panel_outputs);
    pack_half(v + column, stride, keys, width - column, packed, tail);
    if (width - column > LANES) {
      pack_half(v + column + LANES, stride, keys, width - column - LANES, packed + LANES, tail + LANES);
    } else {
      for (size_t word = 0; word < words; word++) store_words(packed + word * panel_outputs + LANES, no_words());
    }
  }
}

FN struct rounding rounding_of_query(const float *q, size_t width) {
  float low, high;
  const int is_strange = range(q, width, &low, &high);
  const float scale = (high > -low ? high : -low) / 127;
  return (struct rounding){is_strange ? NAN : scale, factor_of(scale), query_zero, 1};
}

// The sums of a block and a panel by way of memory, where rows can be counted.
FN void stored_sums(vs to[block_rows][2], const uint32_t *x, const uint32_t *weight, size_t words) {
  vs s[block_rows][2];
  tile_sums(s, x, weight, words);
#pragma clang loop unroll(full)
  for (int r = 0; r < block_rows; r++) to[r][0] = s[r][0], to[r][1] = s[r][1];
}

ENTRY void packed_attention(const float *q, size_t q_stride, const uint32_t *k, const uint32_t *v, float *y,
                            size_t y_stride, size_t queries, size_t keys, size_t width, float scale, float *log_sums,
                            uint32_t *scratch) {
  (void)log_sums;
  const size_t words = row_words(width), key_words = row_words(keys), panel = panel_words(width);
  const size_t room = panels_of(keys) * panel_outputs;
  uint32_t *const rows = scratch, *const powers = rows + block_words(width);
  float *const scores = (float *)(powers + key_words * block_rows);
  const float first_scale = *(const float *)(k + words * panel_outputs);
  for (size_t first = 0; first < queries; first += block_rows, q += block_rows * q_stride, y += block_rows * y_stride) {
    const size_t count = queries - first < block_rows ? queries - first : block_rows;
    pack_block(q, q_stride, count, width, rounding_of_query, rows);
    const float *const tail = (const float *)(rows + words * block_rows);
    for (size_t i = 0; i < panels_of(keys); i++) {
      const uint32_t *const own = k + i * panel, *const numbers = own + words * panel_outputs;
      const vf low = load((const float *)numbers), high = load((const float *)numbers + LANES);
      vs s[block_rows][2];
#pragma clang loop unroll(full)
      for (int r = 0; r < block_rows; r++) {
        s[r][0] = load_words(numbers + panel_outputs);
        s[r][1] = load_words(numbers + panel_outputs + LANES);
      }
      add_tile_sums(s, rows, own, words);
      float *to = scores + i * panel_outputs;
#pragma clang loop unroll(full)
      for (int r = 0; r < block_rows; r++, to += room) {
        // In units of the row's own scale.
        store(to, mul(from_whole(s[r][0]), low));
        store(to + LANES, mul(from_whole(s[r][1]), high));
      }
    }

    float share[block_rows];
    for (size_t r = 0; r < count; r++) {
      const float total = powers_of_row(scores + r * room, keys, tail[r] * scale * log2_e, r, powers + r * piece_words);
      // What is not finite has a NaN for a scale: the row's own, or the first key's.
      share[r] = 1 / total + 0 * (tail[r] + first_scale);
    }

    for (size_t column = 0; column < width; column += panel_outputs) {
      const uint32_t *const values = v + column / panel_outputs * values_panel(keys);
      const float *const numbers = (const float *)(values + key_words * panel_outputs);
      vs sums[block_rows][2];
      stored_sums(sums, powers, values, key_words);
      for (size_t r = 0; r < count; r++) {
        for (size_t half = 0; half < panel_outputs && column + half < width; half += LANES) {
          const vf own = mul(load(numbers + half), set1(share[r])), mean = load(numbers + panel_outputs + half);
          const vf result = muladd(from_whole(sums[r][half / LANES]), own, mean);
          store_n(y + r * y_stride + column + half, result, width - column - half);
        }
      }
    }
  }
}

ENTRY size_t packed_keys_words(size_t keys, size_t width) {
  return panels_of(keys) * panel_words(width) + (panel_outputs + 1) * width;
}

ENTRY size_t packed_values_words(size_t keys, size_t width) { return panels_of(width) * values_panel(keys); }

ENTRY size_t packed_attention_words(size_t keys, size_t width) {
  return block_words(width) + block_rows * (row_words(keys) + panels_of(keys) * panel_outputs);
}
