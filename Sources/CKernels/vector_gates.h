// Swish, gated linear units and ReLU, and the ways back, once, over vectors of any width; the primitives are those of
// vector_math.h, the formulas stand in CKernels.h.

// 1 / (1 + e^(−z)), without an overflow on either side.
FN vf sigmoid(vf z) {
  const vf e = exponential(sub(set1(0), magnitude(z)));
  const vf upper = divide(set1(1), add(set1(1), e));
  return where_less(z, set1(0), mul(e, upper), upper);
}

ENTRY void swish(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      const vf z = load_n(x + i, n);
      store_n(y + i, mul(z, sigmoid(z)), n);
    }
  }
}

ENTRY void swish_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                          size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      const vf z = load_n(x + i, n), s = sigmoid(z);
      const vf slope = mul(s, muladd(z, sub(set1(1), s), set1(1)));
      store_n(dx + i, muladd(load_n(dy + i, n), slope, load_n(dx + i, n)), n);
    }
  }
}

ENTRY void gate(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      store_n(y + i, mul(load_n(x + i, n), sigmoid(load_n(x + columns + i, n))), n);
    }
  }
}

ENTRY void gate_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                         size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      const vf a = load_n(x + i, n), s = sigmoid(load_n(x + columns + i, n)), d = load_n(dy + i, n);
      const vf slope = mul(mul(a, s), sub(set1(1), s));
      store_n(dx + i, muladd(d, s, load_n(dx + i, n)), n);
      store_n(dx + columns + i, muladd(d, slope, load_n(dx + columns + i, n)), n);
    }
  }
}

// max2 gives the second operand where one is NaN.
ENTRY void relu(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      store_n(y + i, max2(set1(0), load_n(x + i, n)), n);
    }
  }
}

ENTRY void relu_backward(const float *y, size_t y_stride, const float *dy, size_t dy_stride, float *dx,
                         size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += y_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      const vf d = where_less(set1(0), load_n(y + i, n), load_n(dy + i, n), set1(0));
      store_n(dx + i, add(load_n(dx + i, n), d), n);
    }
  }
}
