// What formats of floats have in common: sums are floats, and nothing has a scale, so there is nothing to find out about a
// row, and nothing behind a block or a panel. The including file defines FN and vf.
typedef vf vs;
struct panel_scales {};
struct row_scales {};
struct rounding {};

FN vs sums_zero(void) { return set1(0); }
FN struct panel_scales scales_of_panel(const uint32_t *tail) {
  (void)tail;
  return (struct panel_scales){};
}
FN struct row_scales scales_of_row(const uint32_t *tail, int row) {
  (void)tail, (void)row;
  return (struct row_scales){};
}
FN vf scaled(vs sums, struct row_scales row, struct panel_scales panel, int half, vf bias) {
  (void)row, (void)panel, (void)half;
  return add(sums, bias);
}

FN struct rounding rounding_of_row(const float *x, size_t inner) {
  (void)x, (void)inner;
  return (struct rounding){};
}
FN struct rounding rounding_of_weight(const float *x, size_t inner) { return rounding_of_row(x, inner); }
FN void row_tail(uint32_t *tail, size_t row, struct rounding rounding) { (void)tail, (void)row, (void)rounding; }
FN void weight_tail(uint32_t *tail, size_t output, struct rounding rounding) { row_tail(tail, output, rounding); }

// What the including file ends with, once it has all of its kernels.
#define UNSCALED_FORMAT(name) \
  { \
    name, DEPTH, PLANES, block_rows, panel_outputs, pack_rows, pack_weight, pack_row_columns, pack_weight_columns, \
        packed_product, packed_product_packed, packed_attention, pack_keys, pack_values, packed_keys_dwords, \
        packed_values_dwords, packed_attention_dwords, \
  }
