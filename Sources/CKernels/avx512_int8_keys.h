// Keys, values and queries of attention in 8-bit integers; included behind vector_int8.h.
//
// Keys and values are packed without their mean over all keys: the same vector taken off every key changes no weight of
// a softmax, and as weights add up to 1, the values' mean can be added to the result. Bytes then need not hold it.

// Powers of keys lie in pieces, as values do: its dword w has those of the keys w, w + LANES, w + 2·LANES and w + 3·LANES.
enum { piece_keys = DEPTH * LANES };

// Queries have a scale of their own each, but all this for a zero, so that keys know what it takes away.
static const float query_zero = 128;

// Behind a panel of values: scale, and the mean.
FN size_t values_panel(size_t keys) { return row_dwords(keys) * panel_outputs + 2 * panel_outputs; }

// Of each of up to LANES columns of x (rows, columns).
FN vf mean_of_columns(const float *x, size_t stride, size_t rows, size_t columns) {
  vf total = set1(0);
  for (size_t row = 0; row < rows; row++) total = add(total, load_n(x + row * stride, columns));
  return mul(total, set1(1 / (float)rows));
}

// Behind a panel stand, instead of scale · Σ p, the whole numbers −query_zero · Σ p, where its sums begin. Behind the last
// panel is room for a panel's keys without their mean, and for the mean.
ENTRY void pack_keys(const float *k, size_t stride, size_t keys, size_t width, uint32_t *packed) {
  const size_t panel = panel_dwords(width);
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
    uint32_t *const tail = packed + row_dwords(width) * panel_outputs;
    const struct panel_scales scales = scales_of_panel(tail);
    for (size_t half = 0; half < 2; half++) {
      const vf sums = where_less(set1(0), scales.scale[half], divide(scales.sum[half], scales.scale[half]), set1(0));
      store_dwords(tail + panel_outputs + half * LANES, _mm512_cvtps_epi32(mul(whole(sums), set1(-query_zero))));
    }
    // A weight is finite; of a key that is not, every query must learn.
    if (is_strange) store((float *)tail, set1(NAN));
  }
}

// One half of a panel of values: LANES columns, of which so many are there.
FN void pack_half(const float *v, size_t stride, size_t keys, size_t columns, uint32_t *dwords, float *tail) {
  const vf mean = mean_of_columns(v, stride, keys, columns);
  vf largest = set1(0);
  for (size_t key = 0; key < keys; key++) {
    largest = max2(largest, magnitude(sub(load_n(v + key * stride, columns), mean)));
  }
  // A mean that is not finite makes all NaN.
  const vf scale = add(mul(largest, set1(1.0f / WEIGHT_LIMIT)), sub(mean, mean));
  const vf factor = where_less(set1(FLT_MIN), scale, divide(set1(1), scale), set1(0));
  for (size_t first = 0; first < keys; first += piece_keys) {
    for (size_t dword = 0; dword < piece_dwords; dword++, dwords += panel_outputs) {
      vw both = no_dwords();
#pragma clang loop unroll(full)
      for (size_t byte = 0; byte < DEPTH; byte++) {
        const size_t key = first + byte * LANES + dword;
        if (key >= keys) continue;
        const vw number = _mm512_cvtps_epi32(mul(sub(load_n(v + key * stride, columns), mean), factor));
        const vw low = _mm512_and_si512(number, every_lane(255));
        both = _mm512_or_si512(both, _mm512_slli_epi32(low, (unsigned)(8 * byte)));
      }
      store_dwords(dwords, both);
    }
  }
  store(tail, scale);
  store(tail + panel_outputs, mean);
}

ENTRY void pack_values(const float *v, size_t stride, size_t keys, size_t width, uint32_t *packed) {
  const size_t dwords = row_dwords(keys);
  for (size_t column = 0; column < width; column += panel_outputs, packed += values_panel(keys)) {
    float *const tail = (float *)(packed + dwords * panel_outputs);
    pack_half(v + column, stride, keys, width - column, packed, tail);
    if (width - column > LANES) {
      pack_half(v + column + LANES, stride, keys, width - column - LANES, packed + LANES, tail + LANES);
    } else {
      for (size_t dword = 0; dword < dwords; dword++) store_dwords(packed + dword * panel_outputs + LANES, no_dwords());
    }
  }
}

FN struct rounding rounding_of_query(const float *q, size_t width) {
  float low, high;
  const int is_strange = range(q, width, &low, &high);
  const float scale = (high > -low ? high : -low) / 127;
  return (struct rounding){is_strange ? NAN : scale, factor_of(scale), query_zero, 1};
}

ENTRY size_t packed_keys_dwords(size_t keys, size_t width) {
  return panels_of(keys) * panel_dwords(width) + (panel_outputs + 1) * width;
}

ENTRY size_t packed_values_dwords(size_t keys, size_t width) { return panels_of(width) * values_panel(keys); }

ENTRY size_t packed_attention_dwords(size_t keys, size_t width) {
  return block_dwords(width) + block_rows * (row_dwords(keys) + panels_of(keys) * panel_outputs);
}
