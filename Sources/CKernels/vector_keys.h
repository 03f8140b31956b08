// Keys, values and queries of attention on packed operands, once, for formats whose results can be packed; included behind
// vector_pack_columns.h.
//
// Keys are packed as a weight (keys, width), values as a weight (width, keys).

#define SAFE_SCORE 100

FN float square_of(const float *x, size_t count) {
  vf total = set1(0);
  for (size_t i = 0; i < count; i += LANES) {
    const vf v = load_n(x + i, count - i);
    total = muladd(v, v, total);
  }
  return sum(total);
}

// The larger one; NaN where there is one.
FN float larger(float a, float b) { return a != a || a >= b ? a : b; }

// Words of a row of powers: those of whole panels of keys.
FN size_t dwords_of_keys(size_t keys) { return PLANES * panels_of(keys) * panel_outputs / DEPTH; }

// Behind the last panel stands the largest |k|².
ENTRY void pack_keys(const float *k, size_t stride, size_t keys, size_t width, uint32_t *packed) {
  pack_weight(k, stride, keys, width, packed);
  float largest = 0;
  for (size_t i = 0; i < keys; i++) largest = larger(largest, square_of(k + i * stride, width));
  memcpy(packed + panels_of(keys) * panel_dwords(width), &largest, sizeof largest);
}

ENTRY void pack_values(const float *v, size_t stride, size_t keys, size_t width, uint32_t *packed) {
  pack_panels(v, stride, keys, width, dwords_of_keys(keys), packed);
}

// The dwords of powers that belong to a panel's keys.
FN size_t place_of_panel(size_t key) { return PLANES * key / DEPTH * block_rows; }

FN float largest_of_keys(const uint32_t *packed, size_t keys, size_t width) {
  float largest;
  memcpy(&largest, packed + panels_of(keys) * panel_dwords(width), sizeof largest);
  return largest;
}

// Queries (count, width) in units of powers of two, and the largest |q|² of them. `strange`: 0, or a NaN for a query that
// has one, or for all where a key has one: a power may lose it.
FN float scale_queries(const float *q, size_t stride, size_t count, size_t width, float scale, float largest_key,
                       float *scaled_query, float *strange) {
  const vf to_power = set1(scale * log2_e);
  float largest = 0;
  for (size_t r = 0; r < count; r++) {
    for (size_t i = 0; i < width; i += LANES) {
      store_n(scaled_query + r * width + i, mul(load_n(q + r * stride + i, width - i), to_power), width - i);
    }
    const float square = square_of(scaled_query + r * width, width);
    largest = larger(largest, square);
    strange[r] = square != square || largest_key != largest_key ? NAN : 0;
  }
  return largest;
}

ENTRY size_t packed_keys_dwords(size_t keys, size_t width) {
  return panels_of(keys) * panel_dwords(width) + piece_dwords;
}

ENTRY size_t packed_values_dwords(size_t keys, size_t width) {
  return panels_of(width) * panel_outputs * dwords_of_keys(keys);
}
