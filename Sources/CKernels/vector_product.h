// The kernel of matrix products, once, over vectors of 16; see product.c. Its sums, 2 · product_rows vectors, with 2
// vectors of b and 1 of a, fill the registers.
#if 2 * LANES != 32
#error "a panel is two vectors"
#endif

ENTRY void product(const float *a, const float *b, size_t inner, float *c, size_t c_stride, size_t rows, size_t columns,
                   int adding) {
  vf sums[product_rows][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < product_rows; r++) sums[r][0] = sums[r][1] = set1(0);
  for (size_t i = 0; i < inner; i++, a += product_rows, b += product_panel) {
    const vf low = load(b), high = load(b + LANES);
#pragma clang loop unroll(full)
    for (int r = 0; r < product_rows; r++) {
      const vf x = set1(a[r]);
      sums[r][0] = muladd(x, low, sums[r][0]);
      sums[r][1] = muladd(x, high, sums[r][1]);
    }
  }
  const size_t low = columns, high = columns > LANES ? columns - LANES : 0;
#pragma clang loop unroll(full)
  for (int r = 0; r < product_rows; r++) {
    if ((size_t)r >= rows) break;
    float *y = c + (size_t)r * c_stride;
    // No lane behind the edge is touched, but y + LANES must not be formed there either.
    store_n(y, adding ? add(load_n(y, low), sums[r][0]) : sums[r][0], low);
    if (high) store_n(y + LANES, adding ? add(load_n(y + LANES, high), sums[r][1]) : sums[r][1], high);
  }
}
