// The kernels of rows, once, over vectors of any width; the primitives are those of vector_math.h.
// Not a header in the usual sense: included once by each of avx2.c and avx512.c.

FN void softmax_row(float *x, size_t columns, float scale) {
  const vf low = set1(-INFINITY);
  vf a = low, b = low, c = low, d = low;
  size_t i = 0;
  for (; i + 4 * LANES <= columns; i += 4 * LANES) {
    a = max2(a, load(x + i));
    b = max2(b, load(x + i + LANES));
    c = max2(c, load(x + i + 2 * LANES));
    d = max2(d, load(x + i + 3 * LANES));
  }
  for (; i + LANES <= columns; i += LANES) a = max2(a, load(x + i));
  if (i < columns) a = max2(a, keep_n(load_n(x + i, columns - i), low, columns - i));
  // A NaN may hide from this maximum; its own exponential is NaN, and so then is the sum.
  const vf top = set1(peak(max2(max2(a, b), max2(c, d)))), factor = set1(scale);

  vf total = set1(0), total2 = set1(0);
  for (i = 0; i + 2 * LANES <= columns; i += 2 * LANES) {
    vf e = exponential(mul(sub(load(x + i), top), factor));
    vf f = exponential(mul(sub(load(x + i + LANES), top), factor));
    store(x + i, e);
    store(x + i + LANES, f);
    total = add(total, e);
    total2 = add(total2, f);
  }
  for (; i < columns; i += LANES) {
    size_t n = columns - i < LANES ? columns - i : LANES;
    vf e = exponential(mul(sub(load_n(x + i, n), top), factor));
    store_n(x + i, e, n);
    total = add(total, keep_n(e, set1(0), n));
  }
  const vf share = set1(1 / sum(add(total, total2)));
  for (i = 0; i + LANES <= columns; i += LANES) store(x + i, mul(load(x + i), share));
  if (i < columns) store_n(x + i, mul(load_n(x + i, columns - i), share), columns - i);
}

ENTRY void softmax(float *x, size_t stride, size_t rows, size_t columns, float scale) {
  for (size_t r = 0; r < rows; r++) softmax_row(x + r * stride, columns, scale);
}

FN float sum_of(const float *x, size_t columns) {
  vf a = set1(0), b = set1(0), c = set1(0), d = set1(0);
  size_t i = 0;
  for (; i + 4 * LANES <= columns; i += 4 * LANES) {
    a = add(a, load(x + i));
    b = add(b, load(x + i + LANES));
    c = add(c, load(x + i + 2 * LANES));
    d = add(d, load(x + i + 3 * LANES));
  }
  for (; i + LANES <= columns; i += LANES) a = add(a, load(x + i));
  if (i < columns) b = add(b, load_n(x + i, columns - i));
  return sum(add(add(a, b), add(c, d)));
}

FN float sum_of_squares(const float *x, vf mean, size_t columns) {
  vf a = set1(0), b = set1(0), c = set1(0), d = set1(0);
  size_t i = 0;
  for (; i + 4 * LANES <= columns; i += 4 * LANES) {
    vf p = sub(load(x + i), mean), q = sub(load(x + i + LANES), mean);
    vf s = sub(load(x + i + 2 * LANES), mean), t = sub(load(x + i + 3 * LANES), mean);
    a = muladd(p, p, a);
    b = muladd(q, q, b);
    c = muladd(s, s, c);
    d = muladd(t, t, d);
  }
  for (; i < columns; i += LANES) {
    size_t n = columns - i < LANES ? columns - i : LANES;
    vf p = keep_n(sub(load_n(x + i, n), mean), set1(0), n);
    a = muladd(p, p, a);
  }
  return sum(add(add(a, b), add(c, d)));
}

ENTRY void layer_norm(const float *x, size_t x_stride, const float *weight, const float *bias, float *y,
                      size_t y_stride, size_t rows, size_t columns, float epsilon) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    const vf mean = set1(sum_of(x, columns) / (float)columns);
    const float variance = sum_of_squares(x, mean, columns) / (float)columns;
    const vf scale = set1(1 / sqrtf(variance + epsilon));
    size_t i = 0;
    for (; i + LANES <= columns; i += LANES) {
      store(y + i, muladd(mul(sub(load(x + i), mean), scale), load(weight + i), load(bias + i)));
    }
    if (i < columns) {
      size_t n = columns - i;
      vf v = mul(sub(load_n(x + i, n), mean), scale);
      store_n(y + i, muladd(v, load_n(weight + i, n), load_n(bias + i, n)), n);
    }
  }
}

ENTRY void gelu_rows(const float *x, size_t x_stride, float *y, size_t y_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, y += y_stride) {
    size_t i = 0;
    for (; i + 2 * LANES <= columns; i += 2 * LANES) {
      vf a = load(x + i), b = load(x + i + LANES);
      store(y + i, gelu(a));
      store(y + i + LANES, gelu(b));
    }
    for (; i < columns; i += LANES) {
      size_t n = columns - i < LANES ? columns - i : LANES;
      store_n(y + i, gelu(load_n(x + i, n)), n);
    }
  }
}

ENTRY void residual_bias(const float *residual, size_t residual_stride, const float *bias, float *y, size_t y_stride,
                         size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, y += y_stride) {
    const float *from = residual ? residual + r * residual_stride : NULL;
    for (size_t i = 0; i < columns; i += LANES) {
      size_t n = columns - i < LANES ? columns - i : LANES;
      vf v = from ? load_n(from + i, n) : set1(0);
      if (bias) v = add(v, load_n(bias + i, n));
      store_n(y + i, v, n);
    }
  }
}

ENTRY void mean_rows(const float *x, size_t stride, size_t rows, size_t columns, float *y) {
  const vf share = set1(1 / (float)rows);
  for (size_t i = 0; i < columns; i += LANES) {
    size_t n = columns - i < LANES ? columns - i : LANES;
    vf a = set1(0), b = set1(0), c = set1(0), d = set1(0);
    size_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      a = add(a, load_n(x + r * stride + i, n));
      b = add(b, load_n(x + (r + 1) * stride + i, n));
      c = add(c, load_n(x + (r + 2) * stride + i, n));
      d = add(d, load_n(x + (r + 3) * stride + i, n));
    }
    for (; r < rows; r++) a = add(a, load_n(x + r * stride + i, n));
    store_n(y + i, mul(add(add(a, b), add(c, d)), share), n);
  }
}

ENTRY void accumulate(float *y, const float *x, float factor, size_t count) {
  const vf f = set1(factor);
  for (size_t i = 0; i < count; i += LANES) {
    size_t n = count - i < LANES ? count - i : LANES;
    store_n(y + i, muladd(f, load_n(x + i, n), load_n(y + i, n)), n);
  }
}
