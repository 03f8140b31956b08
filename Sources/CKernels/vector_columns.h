// Kernels that treat every column by itself: batch normalisation and depthwise convolution, and the ways back, once, over
// vectors of any width; the formulas stand in CKernels.h.

ENTRY void scale_shift(const float *x, size_t x_stride, const float *scale, const float *shift, float *y,
                       size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      store_n(y + i, muladd(load_n(x + i, n), load_n(scale + i, n), load_n(shift + i, n)), n);
    }
  }
}

ENTRY void column_products(const float *x, size_t x_stride, const float *mean, const float *y, size_t y_stride,
                           size_t rows, size_t columns, float *sums) {
  for (size_t i = 0; i < columns; i += LANES) {
    const size_t n = columns - i < LANES ? columns - i : LANES;
    const vf m = mean ? load_n(mean + i, n) : set1(0);
    vf a = load_n(sums + i, n), b = set1(0);
    size_t r = 0;
    for (; r + 2 <= rows; r += 2) {
      const vf p = sub(load_n(x + r * x_stride + i, n), m), q = sub(load_n(x + (r + 1) * x_stride + i, n), m);
      a = muladd(p, y ? load_n(y + r * y_stride + i, n) : p, a);
      b = muladd(q, y ? load_n(y + (r + 1) * y_stride + i, n) : q, b);
    }
    if (r < rows) {
      const vf p = sub(load_n(x + r * x_stride + i, n), m);
      a = muladd(p, y ? load_n(y + r * y_stride + i, n) : p, a);
    }
    store_n(sums + i, add(a, b), n);
  }
}

ENTRY void batch_norm_backward(const float *x, size_t x_stride, const float *mean, const float *dy, size_t dy_stride,
                               const float *slope, const float *bend, const float *shift, float *dx,
                               size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      vf d = muladd(load_n(dy + i, n), load_n(slope + i, n), load_n(shift + i, n));
      d = muladd(sub(load_n(x + i, n), load_n(mean + i, n)), load_n(bend + i, n), d);
      store_n(dx + i, add(load_n(dx + i, n), d), n);
    }
  }
}

ENTRY void taps(const float *x, size_t x_stride, const float *w, ptrdiff_t w_stride, size_t count, int adding, float *y,
                size_t columns) {
  for (size_t i = 0; i < columns; i += LANES) {
    const size_t n = columns - i < LANES ? columns - i : LANES;
    vf sum = adding ? load_n(y + i, n) : set1(0);
    for (size_t j = 0; j < count; j++) {
      sum = muladd(load_n(w + (ptrdiff_t)j * w_stride + i, n), load_n(x + j * x_stride + i, n), sum);
    }
    store_n(y + i, sum, n);
  }
}
