// The backward kernels, once, over vectors of any width; the primitives are those of vector_kernels.h, the formulas
// stand in CKernels.h.

ENTRY void gelu_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                         size_t dx_stride, size_t rows, size_t columns) {
  const vf peak_of_normal = set1(0.3989422804f);
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      vf z = load_n(x + i, n), bell;
      const vf tail = normal_tail(z, &bell);
      const vf below = where_less(z, set1(0), tail, sub(set1(1), tail));
      store_n(dx + i, mul(load_n(dy + i, n), muladd(mul(z, peak_of_normal), bell, below)), n);
    }
  }
}

ENTRY void layer_norm_backward(const float *x, size_t x_stride, const float *weight, const float *dy, size_t dy_stride,
                               float *dx, size_t dx_stride, int adding, float *dweight, float *dbias, size_t rows,
                               size_t columns, float epsilon) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    const vf mean = set1(sum_of(x, columns) / (float)columns);
    const float variance = sum_of_squares(x, mean, columns) / (float)columns;
    const vf scale = set1(1 / sqrtf(variance + epsilon));
    vf total_g = set1(0), total_gn = set1(0);
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      const vf normal = mul(sub(load_n(x + i, n), mean), scale), d = load_n(dy + i, n);
      const vf g = mul(d, load_n(weight + i, n));
      store_n(dweight + i, muladd(d, normal, load_n(dweight + i, n)), n);
      store_n(dbias + i, add(d, load_n(dbias + i, n)), n);
      // Lanes behind the row have g = 0.
      total_g = add(total_g, g);
      total_gn = muladd(g, normal, total_gn);
    }
    const vf mean_g = set1(sum(total_g) / (float)columns), mean_gn = set1(sum(total_gn) / (float)columns);
    for (size_t i = 0; i < columns; i += LANES) {
      const size_t n = columns - i < LANES ? columns - i : LANES;
      const vf normal = mul(sub(load_n(x + i, n), mean), scale);
      const vf g = mul(load_n(dy + i, n), load_n(weight + i, n));
      const vf d = mul(scale, sub(sub(g, mean_g), mul(normal, mean_gn)));
      store_n(dx + i, adding ? add(load_n(dx + i, n), d) : d, n);
    }
  }
}

ENTRY void sum_rows(const float *x, size_t stride, size_t rows, size_t columns, float *y) {
  for (size_t i = 0; i < columns; i += LANES) {
    const size_t n = columns - i < LANES ? columns - i : LANES;
    vf a = load_n(y + i, n), b = set1(0), c = set1(0), d = set1(0);
    size_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      a = add(a, load_n(x + r * stride + i, n));
      b = add(b, load_n(x + (r + 1) * stride + i, n));
      c = add(c, load_n(x + (r + 2) * stride + i, n));
      d = add(d, load_n(x + (r + 3) * stride + i, n));
    }
    for (; r < rows; r++) a = add(a, load_n(x + r * stride + i, n));
    store_n(y + i, add(add(a, b), add(c, d)), n);
  }
}

ENTRY void attention_backward(float *s, float *dp, size_t stride, const float *log_sums, const float *y,
                              size_t y_stride, const float *dy, size_t dy_stride, size_t queries, size_t keys,
                              size_t width, float score_scale, float scale) {
  const vf to_score = set1(score_scale), factor = set1(scale);
  for (size_t r = 0; r < queries; r++, s += stride, dp += stride, y += y_stride, dy += dy_stride) {
    vf total = set1(0);
    for (size_t i = 0; i < width; i += LANES) {
      const size_t n = width - i < LANES ? width - i : LANES;
      total = muladd(load_n(y + i, n), load_n(dy + i, n), total);
    }
    const vf delta = set1(sum(total)), log_sum = set1(log_sums[r]);
    size_t i = 0;
    for (; i + LANES <= keys; i += LANES) {
      const vf p = exponential(sub(mul(load(s + i), to_score), log_sum));
      store(s + i, p);
      store(dp + i, mul(mul(factor, p), sub(load(dp + i), delta)));
    }
    if (i < keys) {
      const size_t n = keys - i;
      const vf p = exponential(sub(mul(load_n(s + i, n), to_score), log_sum));
      store_n(s + i, p, n);
      store_n(dp + i, mul(mul(factor, p), sub(load_n(dp + i, n), delta)), n);
    }
  }
}

ENTRY void adamw(float *x, const float *dx, float *m, float *v, size_t count, const struct ckernels_adamw *settings) {
  const vf b1 = set1(settings->b1), b2 = set1(settings->b2), epsilon = set1(settings->epsilon);
  const vf rest1 = set1(1 - settings->b1), rest2 = set1(1 - settings->b2), rate = set1(settings->rate);
  const vf shrink = set1(settings->shrink), spread = set1(settings->spread);
  const vf factor = set1(settings->gradient_factor);
  for (size_t i = 0; i < count; i += LANES) {
    const size_t n = count - i < LANES ? count - i : LANES;
    const vf g = mul(factor, load_n(dx + i, n));
    const vf first = muladd(b1, load_n(m + i, n), mul(rest1, g));
    const vf second = muladd(b2, load_n(v + i, n), mul(mul(rest2, g), g));
    store_n(m + i, first, n);
    store_n(v + i, second, n);
    const vf step = divide(mul(rate, first), muladd(root(second), spread, epsilon));
    store_n(x + i, sub(mul(shrink, load_n(x + i, n)), step), n);
  }
}
