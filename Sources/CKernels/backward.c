// The reference of the backward kernels in plain C; the formulas stand in CKernels.h.
#include "tables.h"

#include <math.h>

void ckernels_gelu_backward(const float *x, size_t x_stride, const float *dy, size_t dy_stride, float *dx,
                            size_t dx_stride, size_t rows, size_t columns) {
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    for (size_t c = 0; c < columns; c++) {
      const double z = x[c], below = 0.5 * erfc(z * -0.70710678118654752);
      dx[c] = (float)(dy[c] * (below + z * exp(-0.5 * z * z) * 0.39894228040143268));
    }
  }
}

void ckernels_layer_norm_backward(const float *x, size_t x_stride, const float *weight, const float *dy,
                                  size_t dy_stride, float *dx, size_t dx_stride, int adding, float *dweight,
                                  float *dbias, size_t rows, size_t columns, float epsilon) {
  const float share = 1 / (float)columns;
  for (size_t r = 0; r < rows; r++, x += x_stride, dy += dy_stride, dx += dx_stride) {
    float mean = 0, variance = 0, mean_g = 0, mean_gn = 0;
    for (size_t c = 0; c < columns; c++) mean += x[c] * share;
    for (size_t c = 0; c < columns; c++) variance += (x[c] - mean) * (x[c] - mean) * share;
    const float scale = 1 / sqrtf(variance + epsilon);
    for (size_t c = 0; c < columns; c++) {
      const float n = (x[c] - mean) * scale;
      dweight[c] += dy[c] * n;
      dbias[c] += dy[c];
      mean_g += dy[c] * weight[c] * share;
      mean_gn += dy[c] * weight[c] * n * share;
    }
    for (size_t c = 0; c < columns; c++) {
      const float n = (x[c] - mean) * scale;
      dx[c] = (adding ? dx[c] : 0) + scale * (dy[c] * weight[c] - mean_g - n * mean_gn);
    }
  }
}

void ckernels_sum_rows(const float *x, size_t stride, size_t rows, size_t columns, float *y) {
  for (size_t r = 0; r < rows; r++, x += stride) {
    for (size_t c = 0; c < columns; c++) y[c] += x[c];
  }
}

void ckernels_attention_backward(float *s, float *dp, size_t stride, const float *log_sums, const float *y,
                                 size_t y_stride, const float *dy, size_t dy_stride, size_t queries, size_t keys,
                                 size_t width, float score_scale, float scale) {
  for (size_t r = 0; r < queries; r++, s += stride, dp += stride, y += y_stride, dy += dy_stride) {
    float delta = 0;
    for (size_t c = 0; c < width; c++) delta += y[c] * dy[c];
    for (size_t i = 0; i < keys; i++) {
      s[i] = expf(s[i] * score_scale - log_sums[r]);
      dp[i] = scale * s[i] * (dp[i] - delta);
    }
  }
}

void ckernels_adamw(float *x, const float *dx, float *m, float *v, size_t count,
                    const struct ckernels_adamw *settings) {
  const struct ckernels_adamw a = *settings;
  for (size_t i = 0; i < count; i++) {
    const float g = a.gradient_factor * dx[i];
    m[i] = a.b1 * m[i] + (1 - a.b1) * g;
    v[i] = a.b2 * v[i] + (1 - a.b2) * g * g;
    x[i] = a.shrink * x[i] - a.rate * m[i] / (sqrtf(v[i]) * a.spread + a.epsilon);
  }
}
